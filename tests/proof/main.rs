//! Proof by simulation: random worlds, the scripts that once failed, and rules broken on purpose.

mod broken;
mod found;
mod random;
mod resets;
