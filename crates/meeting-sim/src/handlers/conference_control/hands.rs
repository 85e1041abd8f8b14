//! Raised hands.

use meeting_types::{
    ServiceError,
    operations::{BatchHand, Hand},
};

use super::{host_only, host_or_oneself, run};
use crate::{
    dispatch::Routes,
    state::{State, control::Control},
};

pub(super) fn add(routes: Routes) -> Routes {
    routes.on::<Hand>(hand).on::<BatchHand>(batch_hand)
}

fn hand(state: &mut State, control: Control, hand: Hand) -> Result<(), ServiceError> {
    let run = run(state, &control)?;
    run.participant(&hand.participant_id)?;
    host_or_oneself(&control)?;
    run.set_hands(&[hand.participant_id], hand.raise)
}

fn batch_hand(state: &mut State, control: Control, hands: BatchHand) -> Result<(), ServiceError> {
    host_only(&control)?;
    run(state, &control)?.set_hands(&hands.participant_ids, hands.raise)
}
