//! Whether a running meeting is recorded and broadcast live.

use meeting_types::{
    ServiceError,
    events::RecordingSetup,
    models::{Booking, RecordType},
};

use crate::{
    state::errors::{self, Refusal},
    vocabulary::{Recorder, RecordingState},
};

/// What is recorded and broadcast live of one run of a meeting.
#[derive(Debug)]
pub(crate) struct Recording {
    pub(crate) state: RecordingState,
    /// Whether there is something recorded.
    pub(crate) occurred: bool,
    pub(crate) live: bool,
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            state: RecordingState::Off,
            occurred: false,
            live: false,
        }
    }
}

impl Recording {
    /// The recording of a meeting that starts.
    pub(crate) fn at_start(booking: &Booking, recorder: Recorder) -> Self {
        let mut recording = Self::default();
        if booking.auto_record == Some(true) {
            // A meeting starts all the same when it cannot be recorded.
            let _ = recording.start(booking, recorder);
        }
        recording
    }

    /// Starts the recording, or goes on with it.
    pub(crate) fn start(
        &mut self,
        booking: &Booking,
        recorder: Recorder,
    ) -> Result<(), ServiceError> {
        allowed(booking)?;
        if self.state == RecordingState::Off
            && let Some(refusal) = trouble(recorder)
        {
            return Err(refusal.into());
        }
        self.state = RecordingState::Running;
        self.occurred = true;
        Ok(())
    }

    pub(crate) fn pause(&mut self, booking: &Booking) -> Result<(), ServiceError> {
        allowed(booking)?;
        if self.state == RecordingState::Off {
            return Err(errors::STATE_FORBIDS.with_message("The meeting is not being recorded"));
        }
        self.state = RecordingState::Paused;
        Ok(())
    }

    pub(crate) fn stop(&mut self, booking: &Booking) -> Result<(), ServiceError> {
        allowed(booking)?;
        self.state = RecordingState::Off;
        Ok(())
    }

    /// Starts or ends the live broadcast.
    pub(crate) fn set_live(&mut self, booking: &Booking, live: bool) -> Result<(), ServiceError> {
        let streams = matches!(
            booking.record_type,
            Some(RecordType::Live | RecordType::LiveAndRecord)
        );
        if !streams {
            return Err(errors::LIVE_FAILED.into());
        }
        self.live = live;
        Ok(())
    }
}

fn allowed(booking: &Booking) -> Result<(), ServiceError> {
    match booking.record_type {
        Some(RecordType::Record | RecordType::LiveAndRecord) => Ok(()),
        _ => Err(errors::NOT_A_RECORDING_MEETING.into()),
    }
}

/// Why the recorder does not start.
fn trouble(recorder: Recorder) -> Option<Refusal> {
    match recorder {
        Recorder::Ready => None,
        Recorder::OutOfReach => Some(errors::RECORDER_OUT_OF_REACH),
        Recorder::Busy => Some(errors::RECORDERS_SHORT),
        Recorder::NoSpace => Some(errors::NO_RECORDING_SPACE),
        Recorder::SpaceFull => Some(errors::RECORDING_SPACE_FULL),
    }
}

/// What a booking allows, in the numbers of pushes: those of the REST calls mean something else.
pub(crate) fn setup(booking: &Booking) -> RecordingSetup {
    match booking.record_type {
        Some(RecordType::Live) => RecordingSetup::Live,
        Some(RecordType::Record) => RecordingSetup::Record,
        Some(RecordType::LiveAndRecord) => RecordingSetup::RecordAndLive,
        _ => RecordingSetup::Off,
    }
}
