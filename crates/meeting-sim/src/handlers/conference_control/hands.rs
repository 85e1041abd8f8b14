//! Raised hands.

use meeting_types::{
    ServiceError,
    operations::{BatchHand, Hand},
};

use crate::{
    handlers::admit::Host,
    handlers::conference_control::control::{host_or_oneself, run},
    state::{State, logins::control_tokens::ControlToken},
};

pub(crate) fn hand(
    state: &mut State,
    control: ControlToken,
    hand: Hand,
) -> Result<(), ServiceError> {
    let run = run(state, &control)?;
    run.participant(&hand.participant_id)?;
    host_or_oneself(&control)?;
    run.set_hands(&[hand.participant_id], hand.raise)
}

pub(crate) fn batch_hand(
    state: &mut State,
    Host(control): Host,
    hands: BatchHand,
) -> Result<(), ServiceError> {
    run(state, &control)?.set_hands(&hands.participant_ids, hands.raise)
}
