//! Virtual time: integer microseconds since the world was made.

/// A moment or a span of virtual time, in microseconds.
pub type Micros = u64;

/// One millisecond in [`Micros`].
pub const MS: Micros = 1_000;

/// One second in [`Micros`].
pub const SECOND: Micros = 1_000 * MS;
