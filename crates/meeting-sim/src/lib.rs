//! Huawei Cloud Meeting in miniature, to build and test against without an account.
//!
//! [`Simulator::start`] runs the service on a free port of this machine, over real sockets, with or
//! without TLS. It keeps state as the service does: logins and their tokens, booked and running
//! meetings, who is in them, and the WebSocket on which a running meeting tells what happens. What
//! the service refuses, the simulator refuses with the same documented codes.
//!
//! It needs no runtime of yours: it has a thread of its own, and every method returns at once.
//!
//! ```
//! use meeting_sim::{DEFAULT_APP_ID, Simulator};
//! use std::time::Duration;
//!
//! let sim = Simulator::start()?;
//! println!("log in at {} as {DEFAULT_APP_ID}", sim.endpoint());
//!
//! let meeting = sim.create_meeting("Weekly");
//! let ann = meeting.join("Ann")?;
//! ann.share(true)?;
//! meeting.speak([(&ann.id, 60)])?;
//!
//! // A day passes at once: tokens end, silent channels close, forgotten bookings end.
//! sim.advance(Duration::from_secs(24 * 3600));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A client is given [`Simulator::endpoint`], and over TLS a `TrustStore` of [`Simulator::ca_pem`]. Where
//! a test moves the clock, the client has to share it: [`Clock::over`].
//!
//! # Handles
//!
//! | | |
//! | --- | --- |
//! | [`Simulator::create_meeting`], [`Simulator::meeting`] | one meeting: who joins, who speaks, its channels ([`SimMeeting`]) |
//! | [`SimMeeting::join`], [`SimMeeting::participant`] | one participant: mutes, shares, says, leaves ([`SimParticipant`]) |
//! | [`Simulator::directory`] | who is logged in, and what enterprises have ([`Directory`]) |
//! | [`Simulator::mailbox`] | codes that people would get by mail or by phone ([`Mailbox`]) |
//! | [`Simulator::faults`] | what goes wrong beyond single operations ([`Faults`]) |
//! | [`Simulator::clock`] | the time ([`Clock`]) |
//!
//! # What goes wrong on demand
//!
//! | | |
//! | --- | --- |
//! | A call is refused, of any operation | [`Simulator::fail_next`], [`Faults::throttle_next`] |
//! | A call is answered as a test says, of any operation | [`Simulator::answer_next`], [`Simulator::handle`] |
//! | The gateway limits requests | [`Simulator::limit`], [`Simulator::limit_all`] |
//! | Tokens end early | [`Faults::expire_access_tokens`], [`Faults::expire_control_tokens`] |
//! | Event channels break off | [`SimMeeting::cut_channels`], [`SimMeeting::cut_channels_after`] |
//! | The service is gone and comes back | [`Simulator::restart`] |
//! | A frame is odd | [`SimMeeting::push_frame`] |
//! | The host of the event channel is a bare address | [`SimulatorBuilder::foreign_web_socket_host`] |
//! | A telephone is not answered | [`Faults::calls_to`] |
//!
//! [`Simulator::requests`] and [`Simulator::request_count`] tell what was asked.
//!
//! # For programs in other processes
//!
//! | | |
//! | --- | --- |
//! | `GET /_sim/health` | `{"status":"ok"}` |
//! | `GET /_sim/mail` | the messages of [`Simulator::mailbox`] |
//! | `GET`, `POST /_sim/clock` | the time; `{"advanceMs":60000}` moves it forward |
//!
//! Callers on this machine only are answered.
//!
//! # What it knows from the start
//!
//! | | |
//! | --- | --- |
//! | App ID and App Key | [`DEFAULT_APP_ID`], [`DEFAULT_APP_KEY`], or [`Simulator::app_credential`] |
//! | Account and password | [`DEFAULT_ACCOUNT`], [`DEFAULT_PASSWORD`], or [`Simulator::account_credential`] |
//!
//! [`SimulatorBuilder`] adds others. An App ID login registers any user id that it names, and writes
//! name, mail and telephone into the directory. An enterprise has two cloud rooms from the start. Codes
//! that people would get by mail or by phone are in [`Simulator::mailbox`].
//!
//! # What it holds callers to
//!
//! - Access tokens live 12 to 24 hours, refresh tokens 30 days; a refresh token is traded once. With
//!   client type 72 a user holds 64 tokens, with any other one; the next login ends the oldest.
//! - Control tokens live 30 minutes unless kept alive, and no longer than the meeting runs. Tokens
//!   for the WebSocket live one minute and open one connection.
//! - Five wrong passwords in a row lock an account, joining a meeting, or control of it for a
//!   minute.
//! - A booked meeting must be started before it can be controlled. A guest's control token is
//!   good for looking on and for becoming host with the host password, nothing else.
//! - A locked meeting lets in the host and those whom the host calls. A meeting for the enterprise or
//!   for the invited refuses others.
//! - Where the booking says so, guests wait until the host lets them in.
//! - At most 100 hands can be up and 100 people be co-hosts. By hand, a meeting can be prolonged to 24
//!   hours. The service has limits and does not tell the first and the last.
//! - A participant whom the host asks to switch the camera or to share answers when the test says so:
//!   [`SimParticipant::answer_camera_request`], [`SimParticipant::answer_share_request`].
//! - Devices in rooms and telephones cannot do everything: they cannot wait, be co-hosts, record or be
//!   asked to share.
//! - A live channel without a heartbeat for 180 seconds is closed.
//! - A webhook is called when a meeting is booked, cancelled, started or ended, when somebody joins
//!   or leaves and when a recording is ready, and called again until it answers 200:
//!   [`Simulator::webhook`].
//! - An offset past the end of a list answers the last page again.
//! - Values of enums that nobody documents are refused, with the code of their field where there is
//!   one: [`SimulatorBuilder::lenient`] takes them.
//! - A recurring meeting has 50 single meetings at most and spans a year at most; a day that a month
//!   lacks becomes its last. They keep the local hour when clocks change. That is an assumption: no
//!   source says it.
//! - A department with somebody or something in it is not deleted; deletes of several are all or none.
//!   These are assumptions, too.
//!
//! [`SimMeeting::snapshot`] tells how things are, to compare with what a client believes.
//!
//! # What is shown, recorded, interpreted and written
//!
//! - Everybody is shown nobody in particular, one participant, whoever has the floor, or several
//!   pictures; what came last counts, and one call ends all of it. A roll call mutes all others but
//!   the host. Arrangements by the service follow those who have a picture.
//! - What a host or a site watches can be chosen for room devices only: a [`Visitor`] with a
//!   [`Device`].
//! - A meeting is recorded and broadcast live as far as its booking allows, and as far as the
//!   recorder is ready: [`Directory::set_recorder`]. No event tells of a live broadcast.
//! - Interpretation needs a booking with it, then groups, then to be switched on. An interpreter is
//!   somebody who logged in once, or has an account. [`Directory::add_voice`] and
//!   [`Directory::add_language`] add to what the enterprise has.
//! - Subtitles are switched on and off by a frame on the WebSocket, by anyone. It gets no answer: a
//!   frame that is not right changes nothing. The reference says of the same subtitles that they can
//!   be switched off and that they end with the meeting only; here they can be switched off.
//!   [`SimParticipant::say`] is what there is to read.
//! - What is measured of connections is told as [`SimMeeting::measure_network`] sets it.
//! - Saved layouts and voices are answered with a `returnCode` in a 200. So are their refusals, once
//!   the control token is good; that is a guess.
//! - The service limits saved layouts, participants in one picture, and interpreters in one group,
//!   and does not tell how. Here it is 16, 64 and 16.
//!
//! All times are those of the simulator's [`Clock`], which [`Simulator::advance`] moves.
//!
//! # What it serves
//!
//! 136 of the 204 operations that `meeting-types` has:
//!
//! - logins (5): by App ID and by account and password; tokens are renewed, checked and deleted;
//! - booking (17): meetings are booked, changed, listed, shown, started and cancelled; recurring meetings with
//!   their single meetings, at the same local time in summer and in winter;
//! - history and recordings (9): runs that are over, who was there, who controlled what, recordings
//!   whose links download once within an hour; all derived from what happened;
//! - the enterprise's directory (49): users, administrators, departments, devices, activation codes,
//!   cloud rooms, resources, people's own records and the address book;
//! - control of running meetings (52): all of the group conference control, and the quality of
//!   connections;
//! - webhooks (4): set up, shown, switched and deleted.
//!
//! Beside them the WebSocket with ten kinds of events, and the calls to webhooks.
//!
//! # What it does not do
//!
//! - The other operations are answered as the gateway answers an unknown path, with a message
//!   that says so: webinars, files, signage, statistics, service providers' enterprises, passwords.
//! - It carries no sound and no pictures. The figures of network quality follow from who speaks, shows
//!   and shares what, and from [`SimMeeting::measure_network`].
//! - Control tokens are those of host and guests; nobody controls as co-host.
//! - Nothing is kept when it ends. While it runs, it keeps 10 000 runs of meetings that are over, for
//!   a year, and 10 000 events for each webhook that does not answer; the oldest go first.
//!
//! Its random numbers are not fit to protect anything, so do not run it where that matters.

mod clock;
mod handlers;
mod serve;
mod service;
mod simulator;
mod state;
mod vocabulary;

pub use clock::{Clock, Clocked};
pub use meeting_types as types;
pub use serve::tls::TlsError;
pub use simulator::{
    Directory, Faults, Mailbox, MediaSnapshot, MeetingPlan, MeetingSnapshot, MeetingState,
    ParticipantSnapshot, SimMeeting, SimParticipant, Simulator, Visitor, WaitingSnapshot,
    builder::{SimulatorBuilder, StartError},
    defaults::{
        DEFAULT_ACCOUNT, DEFAULT_APP_ID, DEFAULT_APP_KEY, DEFAULT_PASSWORD,
        DEFAULT_PROVIDER_APP_ID, DEFAULT_PROVIDER_APP_KEY,
    },
};
pub use state::request_log::RequestRecord;
pub use vocabulary::{CallOutcome, Device, LanguageChannel, Recorder, RecordingState, SimMail};
