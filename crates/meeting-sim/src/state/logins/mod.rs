//! Tokens, and what locks those who guess.

pub(crate) mod control_tokens;
pub(crate) mod lockout;
pub(crate) mod sessions;
