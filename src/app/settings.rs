//! What a visitor sets: speed, seed and theme; read from the address and from the browser's memory.

use super::browser;
use crate::narrate::Voice;
use crate::sim::Scenario;
use crate::stage::skin::Skin;

/// Speeds in hundredths of real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Speed(pub(super) u32);

impl Speed {
    /// All speeds.
    pub(super) const ALL: [Self; 9] =
        [Self(10), Self(25), Self(50), Self(100), Self(200), Self(500), Self(1_000), Self(3_000), Self(6_000)];
    /// Real time.
    pub(super) const REAL: Self = Self(100);

    /// From here on nobody can follow a message with their eyes.
    pub(super) fn blurs(self) -> bool {
        self.0 >= 800
    }

    /// `0.25`, `60`: as written in the address and in the control.
    pub(super) fn value(self) -> String {
        match self.0 {
            10 => "0.1".to_owned(),
            25 => "0.25".to_owned(),
            50 => "0.5".to_owned(),
            whole => (whole / 100).to_string(),
        }
    }

    /// Reads what [`value`](Self::value) writes.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|speed| speed.value() == text)
    }
}

/// What waiting is cut short with.
pub(super) const FASTER: Speed = Speed(500);

/// Colour scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Theme {
    /// As the system is set.
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Its name in storage and in the document; empty for [`Theme::Auto`].
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Auto => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The one after this.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Auto => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::Auto,
        }
    }

    /// The theme kept by the browser.
    pub(super) fn kept() -> Self {
        match browser::recall("theme").as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::Auto,
        }
    }
}

thread_local! {
    /// What the page draws its nodes as: one for the whole page, which is drawn anew when it changes.
    static SKIN: std::cell::Cell<Skin> = const { std::cell::Cell::new(Skin::Shops) };
}

/// What nodes are drawn as.
pub(super) fn skin() -> Skin {
    SKIN.get()
}

/// Draws them as something else from now on.
pub(super) fn set_skin(skin: Skin) {
    SKIN.set(skin);
}

/// The words of the skin.
pub(super) fn voice() -> Voice {
    skin().voice()
}

/// A sentence of the page in the words of the skin.
pub(super) fn told(story: &str) -> String {
    voice().told(story)
}

/// What the address asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The speed to start with, if it says so.
    pub(super) speed: Option<Speed>,
    /// The seed of the world.
    pub(super) seed: u64,
    /// What its nodes are drawn as, if it says so.
    pub(super) skin: Option<Skin>,
    /// The city's size: `?masters=&replicas=&racks=&regions=`.
    pub(super) scenario: Scenario,
    /// Whether it asks for the projector's layout: `?presenter`.
    pub(super) presenter: bool,
    /// What could not be understood, in sentences.
    pub(super) complaints: Vec<String>,
}

impl Address {
    /// Reads `?speed=60&seed=7&masters=20&replicas=2&racks=5`; whatever cannot be understood falls back and is complained about.
    pub(super) fn parse(query: &str) -> Self {
        let scenario = Scenario::first_city();
        let (mut masters, mut replicas, mut racks, mut regions) = (3, 1, 3, 1);
        let mut address =
            Self { speed: None, seed: 1, scenario, skin: None, presenter: false, complaints: Vec::new() };
        for pair in query.trim_start_matches('?').split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            match name {
                "speed" => match Speed::parse(value) {
                    Some(speed) => address.speed = Some(speed),
                    None => address.complaints.push(format!(
                        "The address asks for speed “{}”, which is none of 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60; \
                         time runs as fast as usual.",
                        clipped(value)
                    )),
                },
                "seed" => match value.parse() {
                    Ok(seed) => address.seed = seed,
                    Err(_) => address.complaints.push(format!(
                        "The address asks for seed “{}”, which is no whole number from 0 to {}; seed 1 is used.",
                        clipped(value),
                        u64::MAX
                    )),
                },
                "presenter" => address.presenter = true,
                "skin" => match Skin::parse(value) {
                    Some(skin) => address.skin = Some(skin),
                    None => address.complaints.push(format!(
                        "The address asks for skin “{}”, which is none of shops, library, servers.",
                        clipped(value)
                    )),
                },
                "masters" | "replicas" | "racks" | "regions" => match (value.parse::<u16>(), name) {
                    (Ok(number), "masters") => masters = number,
                    (Ok(number), "replicas") => replicas = number,
                    (Ok(number), "regions") => regions = number,
                    (Ok(number), _) => racks = number,
                    (Err(_), _) => address.complaints.push(format!(
                        "The address asks for “{}” {name}, which is no whole number; the city is as big as usual.",
                        clipped(value)
                    )),
                },
                _ => {}
            }
        }
        match Scenario::city(masters, replicas, racks) {
            Ok(mut scenario) => {
                let plan = &mut scenario.plan;
                (plan.regions, plan.other_region) = (regions.clamp(1, plan.racks), 2 * plan.other_rack);
                address.scenario = scenario;
            }
            Err(sentence) => address.complaints.push(format!("{sentence} The city is as big as usual.")),
        }
        address
    }
}

fn clipped(value: &str) -> String {
    value.chars().take(24).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_sets_speed_and_seed() {
        let address = Address::parse("?speed=60&seed=7");
        assert_eq!((address.speed, address.seed, address.complaints.len()), (Some(Speed(6_000)), 7, 0));
        assert_eq!(Address::parse("").speed, None);
        assert!(Address::parse("?seed=7&presenter").presenter && !Address::parse("?seed=7").presenter);
        assert_eq!(Address::parse("?seed=18446744073709551615").seed, u64::MAX);
    }

    #[test]
    fn an_address_sets_the_size_of_the_city() {
        let plan = |query: &str| {
            let Address { scenario, complaints, .. } = Address::parse(query);
            (scenario.plan.masters, scenario.plan.replicas, scenario.plan.racks, complaints.len())
        };
        assert_eq!(plan("?masters=20&replicas=2&racks=5"), (20, 2, 5, 0));
        assert_eq!(plan("?masters=many"), (3, 1, 3, 1));
        assert_eq!(plan("?masters=800&replicas=1"), (3, 1, 3, 1), "too many");
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let address = Address::parse("?speed=fast&seed=-1&other=2");
        assert_eq!((address.speed, address.seed), (None, 1));
        assert_eq!(address.complaints.len(), 2);
        assert!(address.complaints[0].contains("“fast”"));
    }

    #[test]
    fn every_speed_reads_what_it_writes() {
        for speed in Speed::ALL {
            assert_eq!(Speed::parse(&speed.value()), Some(speed));
        }
    }
}
