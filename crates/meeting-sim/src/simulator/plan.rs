//! Meetings to make.

use std::time::{Duration, SystemTime};

use meeting_types::{
    Timestamp,
    models::{Booking, ConferenceSettings, MediaType, RecordType},
};

/// A meeting to make. A subject alone makes one that runs.
#[derive(Clone, Debug)]
#[must_use]
pub struct MeetingPlan {
    subject: String,
    starts_at: Option<SystemTime>,
    length: Duration,
    settings: ConferenceSettings,
    record_type: Option<RecordType>,
    auto_record: bool,
    interpretation: bool,
    voice_only: bool,
}

impl MeetingPlan {
    /// A meeting that runs at once.
    pub fn running(subject: impl Into<String>) -> Self {
        Self {
            subject: subject.into(),
            starts_at: None,
            length: Duration::from_secs(3600),
            settings: ConferenceSettings::new(),
            record_type: None,
            auto_record: false,
            interpretation: false,
            voice_only: false,
        }
    }

    /// A meeting that is booked for later. Bookings count in minutes.
    pub fn booked(subject: impl Into<String>, starts_at: SystemTime) -> Self {
        Self {
            starts_at: Some(starts_at),
            ..Self::running(subject)
        }
    }

    /// How long it lasts; one hour if not set.
    pub fn length(mut self, length: Duration) -> Self {
        self.length = length;
        self
    }

    /// Its settings.
    pub fn settings(mut self, settings: ConferenceSettings) -> Self {
        self.settings = settings;
        self
    }
}

impl MeetingPlan {
    /// Whether it can be recorded and broadcast live; neither if not set.
    pub fn record_type(mut self, record_type: RecordType) -> Self {
        self.record_type = Some(record_type);
        self
    }

    /// Whether it is recorded from the start, where it can be recorded at all.
    pub fn auto_record(mut self, auto_record: bool) -> Self {
        self.auto_record = auto_record;
        self
    }

    /// Whether there can be interpretation.
    pub fn interpretation(mut self, interpretation: bool) -> Self {
        self.interpretation = interpretation;
        self
    }

    /// Whether it carries sound alone.
    pub fn voice_only(mut self, voice_only: bool) -> Self {
        self.voice_only = voice_only;
        self
    }
}

impl From<&str> for MeetingPlan {
    fn from(subject: &str) -> Self {
        Self::running(subject)
    }
}

impl From<String> for MeetingPlan {
    fn from(subject: String) -> Self {
        Self::running(subject)
    }
}

impl MeetingPlan {
    /// The booking that it comes to.
    pub(super) fn into_booking(self) -> Booking {
        let media = if self.voice_only {
            MediaType::Voice
        } else {
            MediaType::HdVideo
        };
        let mut booking = Booking::new([media])
            .subject(self.subject)
            .duration(self.length)
            .settings(self.settings)
            .auto_record(self.auto_record)
            .simultaneous_interpretation(self.interpretation);
        booking.start_time = self.starts_at.map(Timestamp::from);
        booking.record_type = self.record_type;
        booking
    }
}
