//! Chromium, its driver, Redis and a font from Debian's or Ubuntu's packages; elsewhere, one sentence that names them.

use std::fs;
use std::path::Path;

use super::{Done, announce};
use crate::environment::Environment;
use crate::failure::{Failure, Outcome};
use crate::process;

/// Names under which Chromium is installed.
pub(crate) const BROWSERS: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// The program that drives Chromium.
pub(crate) const DRIVER: &str = "chromedriver";

/// A thing that tests need, with its packages on Debian and on Ubuntu.
struct Wanted {
    what: &'static str,
    programs: &'static [&'static str],
    debian: &'static str,
    ubuntu: &'static str,
}

const WANTED: &[Wanted] = &[
    Wanted { what: "Chromium", programs: BROWSERS, debian: "chromium", ubuntu: "chromium-browser" },
    Wanted {
        what: "chromedriver",
        programs: &[DRIVER],
        debian: "chromium-driver",
        ubuntu: "chromium-chromedriver",
    },
    Wanted { what: "redis-server", programs: &["redis-server"], debian: "redis-server", ubuntu: "redis-server" },
    Wanted { what: "redis-cli", programs: &["redis-cli"], debian: "redis-tools", ubuntu: "redis-tools" },
];
/// Only pictures need it, so nothing is missing where Debian's packages are not.
const FONT: &str = "fonts-inter";
const POLICY: &str = "/usr/sbin/policy-rc.d";

/// Installs what is missing, on Debian and Ubuntu as root.
pub(crate) fn ensure(env: &Environment) -> Outcome<Done> {
    let missing: Vec<&Wanted> = WANTED.iter().filter(|wanted| env.which(wanted.programs).is_none()).collect();
    let names = |pick: fn(&Wanted) -> &'static str| missing.iter().map(|wanted| pick(wanted)).collect::<Vec<_>>();
    let Some(family) = family() else {
        if missing.is_empty() {
            return Ok(there());
        }
        return Err(Failure::new(
            format!("missing: {}", names(|wanted| wanted.what).join(", ")),
            "Install them with this system's package manager and have them on PATH, then run the same command again.",
        ));
    };
    let mut packages = match family {
        Family::Debian => names(|wanted| wanted.debian),
        Family::Ubuntu => names(|wanted| wanted.ubuntu),
    };
    if !Path::new("/usr/share/doc").join(FONT).is_dir() {
        packages.push(FONT);
    }
    if packages.is_empty() {
        return Ok(there());
    }
    let by_hand = format!(
        "Run `sudo apt-get install --no-install-recommends {}`, then the same command again.",
        packages.join(" ")
    );
    if process::read(env.command("id").arg("-u"))?.trim() != "0" {
        if missing.is_empty() {
            return Ok(there());
        }
        return Err(Failure::new("packages are missing, and only root can install them", by_hand));
    }
    install(env, &packages, &by_hand)?;
    Ok(Done::Installed(packages.join(", ")))
}

fn there() -> Done {
    Done::There("Chromium, chromedriver, redis-server".into())
}

fn install(env: &Environment, packages: &[&str], by_hand: &str) -> Outcome {
    if !lists_know(env, packages) {
        announce("apt-get fetches its package lists");
        process::watch(env.command("apt-get").arg("update"), "apt-get update", by_hand)?;
    }
    announce(&format!("apt-get installs {}", packages.join(", ")));
    let quiet = Quiet::begin();
    let mut apt = env.command("apt-get");
    apt.args(["install", "--yes", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let installed = process::watch(&mut apt, "apt-get install", by_hand);
    drop(quiet);
    if installed.is_ok() && packages.contains(&"redis-server") && env.which(&["systemctl"]).is_some() {
        // Tests start a Redis of their own: the system's need not come up with the machine. Without systemd: nothing to do.
        let _ = process::read(env.command("systemctl").args(["disable", "redis-server"]));
    }
    installed
}

/// Whether apt's lists have every package; they are empty on a new container.
fn lists_know(env: &Environment, packages: &[&str]) -> bool {
    process::read(env.command("apt-cache").arg("policy").args(packages)).is_ok_and(|said| {
        said.matches("Candidate: ").count() >= packages.len() && !said.contains("Candidate: (none)")
    })
}

enum Family {
    Debian,
    Ubuntu,
}

fn family() -> Option<Family> {
    let release = fs::read_to_string("/etc/os-release").ok()?;
    let has = |name: &str| {
        release.lines().any(|line| {
            let value = line.strip_prefix("ID=").or_else(|| line.strip_prefix("ID_LIKE="));
            value.is_some_and(|value| value.trim_matches('"').split(' ').any(|word| word == name))
        })
    };
    match (has("ubuntu"), has("debian")) {
        (true, _) => Some(Family::Ubuntu),
        (false, true) => Some(Family::Debian),
        (false, false) => None,
    }
}

/// While it lives, packages start no services: Debian asks `policy-rc.d` before it starts one.
struct Quiet {
    ours: bool,
}

/// How a file left behind by a broken-off run is known.
const POLICY_TEXT: &str =
    "#!/bin/sh\n# cluster-city set-up: start no service while packages are installed\nexit 101\n";

impl Quiet {
    fn begin() -> Self {
        let policy = Path::new(POLICY);
        let ours = !policy.exists() || fs::read_to_string(policy).is_ok_and(|text| text == POLICY_TEXT);
        if ours && fs::write(policy, POLICY_TEXT).is_ok() {
            make_executable(policy);
        }
        Self { ours }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        if self.ours {
            // Left behind it would only keep services from starting; the next run removes it.
            let _ = fs::remove_file(POLICY);
        }
    }
}

#[cfg(unix)]
fn make_executable(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // A policy that cannot be run is ignored, and Redis starts on loopback as Debian means it to.
    let _ = fs::set_permissions(file, fs::Permissions::from_mode(0o755));
}

#[cfg(not(unix))]
fn make_executable(_file: &Path) {}
