//! What a chore says when it cannot go on: what failed, and what to do about it.

use std::fmt;

/// The result of anything that a chore does.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// One failed step, in two sentences.
#[derive(Debug)]
pub(crate) struct Failure {
    what: String,
    remedy: String,
}

impl Failure {
    /// `what` says what failed; `remedy` says what the reader can do.
    pub(crate) fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }

    /// The same failure, told as that of a named step, with one more thing to do.
    pub(crate) fn of_step(self, name: &str, remedy: &str) -> Self {
        Self {
            what: format!("the step `{name}` failed: {}", self.what),
            remedy: format!("{} {remedy}", self.remedy),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.\n{}", self.what, self.remedy)
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::new(error.to_string(), "`cargo xtask --help` lists the chores and their options.")
    }
}
