//! What happens in a running meeting, by topic. The data that it changes lies beside this folder.

mod admission;
mod moderation;
mod picture;
mod speech;
