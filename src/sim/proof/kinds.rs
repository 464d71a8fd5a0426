//! The kinds of acts by name, so that a test can say that random worlds meet every one of them.

use crate::sim::Action;

/// All kinds of acts there are. Whatever becomes an [`Action`] has its name here, and must come about in the test run's worlds.
pub const KINDS: [&str; 29] = [
    "AddMachine",
    "Command",
    "Cut",
    "CutOff",
    "DelayMessage",
    "Freeze",
    "Heal",
    "Interrupt",
    "Kill",
    "LoseMessage",
    "Mend",
    "MoveMachine",
    "Operate",
    "PowerOff",
    "PowerOn",
    "RegionCutOff",
    "RegionOpened",
    "RegionPowerOff",
    "RegionPowerOn",
    "Restart",
    "Slow",
    "SlowMachine",
    "Spoil",
    "StopOperator",
    "Streets",
    "Thaw",
    "WeatherThatDelays",
    "WeatherThatLoses",
    "WeatherThatDoubles",
];

/// The kinds that an act is of.
pub(super) fn kinds(act: &Action) -> Vec<&'static str> {
    let name = match act {
        Action::Command { .. } => "Command",
        Action::Interrupt { .. } => "Interrupt",
        Action::Kill(_) => "Kill",
        Action::Restart(_) => "Restart",
        Action::Freeze(_) => "Freeze",
        Action::Thaw(_) => "Thaw",
        Action::PowerOff(_) => "PowerOff",
        Action::PowerOn(_) => "PowerOn",
        Action::Cut { .. } => "Cut",
        Action::Mend { .. } => "Mend",
        Action::Heal => "Heal",
        Action::Slow { .. } => "Slow",
        Action::AddMachine(_) => "AddMachine",
        Action::MoveMachine { .. } => "MoveMachine",
        Action::Operate(_) => "Operate",
        Action::StopOperator => "StopOperator",
        Action::LoseMessage(_) => "LoseMessage",
        Action::DelayMessage { .. } => "DelayMessage",
        Action::CutOff(_) => "CutOff",
        Action::SlowMachine { .. } => "SlowMachine",
        Action::RegionPower { on: true, .. } => "RegionPowerOn",
        Action::RegionPower { on: false, .. } => "RegionPowerOff",
        Action::RegionRoads { open: true, .. } => "RegionOpened",
        Action::RegionRoads { open: false, .. } => "RegionCutOff",
        Action::Streets(_) => "Streets",
        Action::Spoil { .. } => "Spoil",
        Action::Weather(weather) => {
            let all = [
                (weather.jitter > 0, "WeatherThatDelays"),
                (weather.loss_per_mille > 0, "WeatherThatLoses"),
                (weather.duplicate_per_mille > 0, "WeatherThatDoubles"),
            ];
            return all.into_iter().filter_map(|(is, name)| is.then_some(name)).collect();
        }
    };
    vec![name]
}
