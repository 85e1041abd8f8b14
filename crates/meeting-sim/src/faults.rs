//! What can go wrong with live channels, on demand.

use std::io;

use meeting_types::ConferenceId;

use crate::{Simulator, state::meetings::Meeting};

impl Simulator {
    /// Breaks off all live channels of a meeting without a word, as a fault of the network does.
    pub fn cut_live_channels(&self, conference_id: &ConferenceId) {
        self.with_notices(conference_id, |run| run.notices.cut());
    }

    /// Breaks off each live channel of a meeting that opens from now on after this many frames, the
    /// answer to the subscription included. `None` ends that for the channels to come.
    pub fn cut_live_channels_after(&self, conference_id: &ConferenceId, frames: Option<u32>) {
        self.with_notices(conference_id, |run| run.notices.frames_each = frames);
    }

    /// Ends all control tokens and WebSocket tokens at once, as if their time were over. Channels that
    /// are open stay open.
    pub fn expire_control_tokens(&self) {
        self.service.step(|state| state.controls.expire());
    }

    /// Goes down and comes back on the same port. Every connection breaks off without a word. Meetings,
    /// logins and control tokens outlive it.
    ///
    /// # Errors
    ///
    /// [`io::Error`] when the port cannot be had again. The simulator is down then, until this is called
    /// again.
    pub fn restart(&self) -> io::Result<()> {
        let mut server = self.server();
        if let Some(server) = server.take() {
            server.stop();
        }
        self.service.step(|state| {
            let ids: Vec<ConferenceId> = state.meetings.keys().cloned().collect();
            for id in ids {
                let meeting = state.meetings.get_mut(&id);
                if let Some(run) = meeting.and_then(Meeting::run_mut) {
                    run.notices.cut();
                }
            }
        });
        *server = Some(self.serve_again()?);
        Ok(())
    }
}
