//! Parts of following a meeting that need its control session: tokens for the next channel, renewals,
//! and what the channel is asked for.

use std::time::Duration;

use meeting_types::events::EventKind;

use super::{Action, Follower};
use crate::{
    ChannelGrant, Control, Elapsed, Error,
    channel::{Channel, ChannelOptions, Subscription},
};

impl Follower {
    /// The opening that [`Action::Connect`] asks for.
    #[must_use]
    pub fn opening(&self, control: &Control, renew: bool, within: Duration) -> Opening {
        Opening {
            control: control.single_attempt(),
            kinds: self.kinds().to_vec(),
            options: self.channel_options().clone(),
            renew,
            within,
        }
    }

    /// Takes in how opening a channel ended: [`handle_opened`](Self::handle_opened) or
    /// [`handle_not_opened`](Self::handle_not_opened), with the renewals of `control`.
    pub fn handle_connected(
        &mut self,
        connected: Result<(), Error>,
        control: &Control,
        now: Elapsed,
    ) {
        match connected {
            Ok(()) => self.handle_opened(control.renewal_due_in(), now),
            Err(error) => self.handle_not_opened(error, now),
        }
    }

    /// Takes in how the renewal of the token of `control` ended:
    /// [`handle_renewed`](Self::handle_renewed).
    pub fn handle_kept_alive(
        &mut self,
        renewed: Result<(), Error>,
        control: &Control,
        now: Elapsed,
    ) {
        self.handle_renewed(renewed.is_ok(), control.renewal_due_in(), now);
    }

    /// Does what [`Action::Subscribe`] or [`Action::SwitchSubtitles`] says: asks `channel`, at the time
    /// `now` of its own, with the token of `control`. Without a token or a channel the request waits
    /// until there is one.
    pub fn ask(
        &mut self,
        request: Action,
        control: &Control,
        channel: Option<(&mut Channel, Elapsed)>,
    ) {
        match (channel, control.token(), request) {
            (Some((channel, now)), Some(token), Action::Subscribe(kinds)) => {
                channel.subscribe(Subscription::new(token, kinds), now);
            }
            (Some((channel, now)), Some(token), Action::SwitchSubtitles(switch)) => {
                let id = control.conference_id().clone();
                channel.switch_subtitles(id, token, switch, now);
            }
            (_, _, request) => self.handle_no_token(request),
        }
    }
}

/// Tokens for the next channel of a followed meeting, and the time that is left to open it.
///
/// Each call makes one attempt, and pays nothing from the retry budget: the follower repeats.
#[derive(Debug)]
pub struct Opening {
    control: Control,
    kinds: Vec<EventKind>,
    options: ChannelOptions,
    renew: bool,
    within: Duration,
}

impl Opening {
    /// Takes the tokens. Returns them with the settings of the channel, which has at most the time that
    /// is left.
    ///
    /// # Errors
    ///
    /// [`Error`] when a token could not be had in time.
    pub async fn grant(self) -> Result<(ChannelGrant, ChannelOptions), Error> {
        let Self {
            control,
            kinds,
            mut options,
            renew,
            within,
        } = self;
        let begun = control.now();
        let left = |control: &Control| {
            let spent = control.now().duration_since(begun).unwrap_or_default();
            within.saturating_sub(spent)
        };
        if renew {
            control.within(within).renew().await?;
        }
        let control = control.within(left(&control));
        let grant = control.channel(kinds).await?;
        options.connect_timeout = options.connect_timeout.min(left(&control));
        Ok((grant, options))
    }
}
