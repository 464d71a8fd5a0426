//! How a walk fails: with a sentence.

use std::fmt;

use fantoccini::error::{CmdError, NewSessionError};

/// The result of anything in a walk.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

/// What went wrong, in a sentence a person can act on.
pub(crate) struct Failure(String);

impl Failure {
    /// A failure that says this.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }

    /// The same failure with more to look at.
    pub(crate) fn and(mut self, more: &str) -> Self {
        if !more.is_empty() {
            self.0.push('\n');
            self.0.push_str(more);
        }
        self
    }
}

/// The test runner prints a failed test's error with `Debug`: a sentence reads better than a structure.
impl fmt::Debug for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl From<CmdError> for Failure {
    fn from(error: CmdError) -> Self {
        Self(format!("the browser refused: {error}"))
    }
}

impl From<NewSessionError> for Failure {
    fn from(error: NewSessionError) -> Self {
        Self(format!("chromedriver opened no browser: {error}"))
    }
}
