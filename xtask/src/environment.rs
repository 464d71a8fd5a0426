//! Where things are on this machine: the repository, the cargo home, and the PATH that child processes get.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::failure::{Failure, Outcome};

/// The places that every chore needs to know.
pub(crate) struct Environment {
    /// The repository's root folder.
    pub(crate) root: PathBuf,
    /// The `bin` folder of cargo's home, where tools for everyone go.
    pub(crate) cargo_bin: PathBuf,
    /// This project's own folder in cargo's home, for tools that must not replace the user's.
    pub(crate) private: PathBuf,
    path: OsString,
}

impl Environment {
    /// Looks at the environment variables; touches nothing.
    pub(crate) fn find() -> Outcome<Self> {
        let cargo_home = cargo_home()?;
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut this = Self {
            root: manifest.parent().unwrap_or(manifest).to_path_buf(),
            cargo_bin: cargo_home.join("bin"),
            private: cargo_home.join("cluster-city"),
            path: env::var_os("PATH").unwrap_or_default(),
        };
        if !env::split_paths(&this.path).any(|folder| folder == this.cargo_bin) {
            this.prefer(&this.cargo_bin.clone());
        }
        Ok(this)
    }

    /// Where tools go that stand in for a user's other version.
    pub(crate) fn private_bin(&self) -> PathBuf {
        self.private.join("bin")
    }

    /// Puts `folder` first on the PATH of every later child process.
    pub(crate) fn prefer(&mut self, folder: &Path) {
        let rest = env::split_paths(&self.path).filter(|other| other != folder);
        let folders = std::iter::once(folder.to_path_buf()).chain(rest);
        if let Ok(path) = env::join_paths(folders) {
            self.path = path;
        }
    }

    /// A command that starts in the repository's root and finds the tools of set-up.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root).env("PATH", &self.path);
        // Trunk reads NO_COLOR as a true or false value and stops at the customary `1`.
        if env::var_os("NO_COLOR").is_some() {
            command.env("NO_COLOR", "true");
        }
        command
    }

    /// The cargo that runs this chore.
    pub(crate) fn cargo(&self) -> Command {
        self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// The first of `names` that is an executable on the PATH.
    pub(crate) fn which(&self, names: &[&str]) -> Option<PathBuf> {
        env::split_paths(&self.path)
            .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
            .find(|file| is_executable(file))
    }
}

fn cargo_home() -> Outcome<PathBuf> {
    let home = |name| env::var_os(name).filter(|value| !value.is_empty());
    home("CARGO_HOME").map(PathBuf::from).or_else(|| Some(PathBuf::from(home("HOME")?).join(".cargo"))).ok_or_else(
        || {
            Failure::new(
                "neither CARGO_HOME nor HOME is set, so there is no place for tools",
                "Set HOME and run the same command again.",
            )
        },
    )
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|data| data.is_file())
}
