//! trunk and wasm-bindgen, built from crates.io at the versions the project pins.
//!
//! A tool that is on PATH at the right version is used. One that is absent goes into cargo's home, so that plain
//! `trunk serve` works afterwards. Where another version is on PATH it stays, unless an earlier set-up put it there:
//! ours goes into the project's own folder in cargo's home and only this program's children see it.

use std::fs;
use std::path::PathBuf;

use super::{Done, announce, pins, version_of};
use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::process;

/// A crate whose programs the build calls.
pub(crate) struct Tool {
    /// The name that people know it by.
    pub(crate) name: &'static str,
    package: &'static str,
    version: String,
    programs: &'static [&'static str],
    options: &'static [&'static str],
}

/// The builder and development server. No TLS and no update check: it fetches nothing here.
pub(crate) fn trunk() -> Tool {
    Tool {
        name: "trunk",
        package: "trunk",
        version: pins::TRUNK.into(),
        programs: &["trunk"],
        options: &["--no-default-features", "--locked"],
    }
}

/// The glue between wasm and JavaScript, and the runner for browser tests.
/// Its published lock file does not resolve everywhere, so it is built without `--locked`.
pub(crate) fn wasm_bindgen(version: String) -> Tool {
    Tool {
        name: "wasm-bindgen",
        package: "wasm-bindgen-cli",
        version,
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        options: &["--no-default-features"],
    }
}

/// What PATH has to offer for a tool.
enum Found {
    Right,
    Other(String),
    Nothing,
}

impl Tool {
    /// Installs the tool unless the right version is on PATH.
    pub(crate) fn ensure(&self, env: &mut Environment) -> Outcome<Done> {
        match self.look(env) {
            Found::Right => Ok(Done::There(self.version.clone())),
            Found::Other(version) if self.is_ours(env, &version) => {
                announce(&format!("{version} from an earlier set-up makes room for {}", self.version));
                self.install_for_everyone(env)
            }
            Found::Nothing => self.install_for_everyone(env),
            Found::Other(version) => self.install_for_us(env, &version),
        }
    }

    fn install_for_everyone(&self, env: &Environment) -> Outcome<Done> {
        self.install(env, false)?;
        // Should this note not be written, a later version goes beside this one instead of over it.
        let note = self.note(env);
        let _ = fs::create_dir_all(&env.private).and_then(|()| fs::write(note, &self.version));
        let place = env.cargo_bin.display();
        Ok(Done::Installed(format!("{} in {place}", self.version)))
    }

    fn install_for_us(&self, env: &mut Environment, other: &str) -> Outcome<Done> {
        let place = env.private_bin();
        announce(&format!(
            "your {} is {other}; it stays, and {} goes into {} for these chores only",
            self.name,
            self.version,
            place.display(),
        ));
        self.install(env, true)?;
        env.prefer(&place);
        Ok(Done::Installed(format!("{} in {}", self.version, place.display())))
    }

    /// The file that says which version an earlier set-up put into cargo's home.
    fn note(&self, env: &Environment) -> PathBuf {
        env.private.join(format!("{}.installed", self.package))
    }

    fn is_ours(&self, env: &Environment, version: &str) -> bool {
        fs::read_to_string(self.note(env)).is_ok_and(|noted| noted == version)
    }

    fn look(&self, env: &Environment) -> Found {
        let mut found = Found::Nothing;
        for program in self.programs {
            let Some(file) = env.which(&[program]) else {
                // One program of two: whatever put it there is not to be overwritten.
                return match found {
                    Found::Right => Found::Other("incomplete".into()),
                    other => other,
                };
            };
            let said = version_of(env, &file).unwrap_or_else(|| "broken".into());
            let version = said.split_whitespace().last().unwrap_or("broken").to_owned();
            if version != self.version {
                return Found::Other(version);
            }
            found = Found::Right;
        }
        found
    }

    /// Builds the tool without optimisation: it is up in half the time, and its running time is dwarfed by rustc's.
    fn install(&self, env: &Environment, privately: bool) -> Outcome {
        announce(&format!("building {} {} (a few minutes, once)", self.package, self.version));
        let mut cargo = env.cargo();
        cargo
            .args(["install", self.package, "--version", &self.version, "--debug", "--force"])
            .args(self.options)
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            // One build folder for all tools: they share crates, and a broken-off build goes on where it was.
            .env("CARGO_TARGET_DIR", env.private.join("build"))
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_BUILD_TARGET");
        if privately {
            cargo.arg("--root").arg(&env.private);
        }
        process::watch(
            &mut cargo,
            self.package,
            "See the lines above. With a network and a C linker (`cc`) there, running the same command again goes on from here.",
        )?;
        match if privately { self.look_in_private(env) } else { self.look(env) } {
            Found::Right => Ok(()),
            _ => Err(Failure::new(
                format!("{} was installed, but does not run as {}", self.package, self.version),
                "Run the same command again; if it stays so, remove the file that `which` finds for it.",
            )),
        }
    }

    fn look_in_private(&self, env: &Environment) -> Found {
        let all = self.programs.iter().all(|program| {
            version_of(env, &env.private_bin().join(program))
                .is_some_and(|said| said.trim().ends_with(&self.version))
        });
        if all { Found::Right } else { Found::Nothing }
    }
}

/// Removes the build folder once every tool is installed.
pub(crate) fn tidy(env: &Environment) {
    // What cannot be removed only costs room.
    let _ = fs::remove_dir_all(env.private.join("build"));
}
