//! Webhooks: who is told what happens, what was told, and what has to be told again.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::Uri;
use meeting_types::{
    ConferenceId, CorpId, ServiceError, Timestamp,
    models::WebhookStatus,
    webhooks::{Signer, WebhookEvent, WebhookKey},
};
use tokio::sync::mpsc;

use super::{meetings::Meeting, webhook_view::View};
use crate::{random::Random, refusal};

/// How long after the one before each of the first tries comes.
const SOON: Duration = Duration::from_secs(30);
/// How many of them there are.
const SOON_TRIES: u32 = 3;
/// How long after the one before any other try comes.
const LATER: Duration = Duration::from_secs(30 * 60);
/// How long after the event it is given up.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// One call to make.
#[derive(Debug)]
pub(crate) struct Call {
    /// Which delivery it is a try of.
    pub(crate) delivery: u64,
    pub(crate) url: Uri,
    pub(crate) request_id: String,
    pub(crate) body: Bytes,
}

/// Where the events of one enterprise are reported.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) id: String,
    pub(crate) subscriber_id: String,
    pub(crate) url: Uri,
    pub(crate) status: WebhookStatus,
    signer: Signer,
}

/// One event on its way to one subscriber.
#[derive(Debug)]
struct Delivery {
    id: u64,
    corp_id: CorpId,
    event_info: String,
    happened_at: SystemTime,
    failures: u32,
    tried_at: SystemTime,
    /// When the next try comes; nothing while one is under way.
    due: Option<SystemTime>,
}

/// All subscriptions, and what is on its way.
#[derive(Debug)]
pub(crate) struct Webhooks {
    /// Whether addresses outside this machine may be called.
    beyond_loopback: bool,
    subscriptions: BTreeMap<CorpId, Subscription>,
    deliveries: Vec<Delivery>,
    next_delivery: u64,
    /// The meetings as subscribers know them; nothing while there are no subscribers.
    views: Option<BTreeMap<ConferenceId, View>>,
    calls: mpsc::UnboundedSender<Call>,
    /// Calls for the task that makes them, which takes this when it starts.
    pub(crate) to_make: Arc<tokio::sync::Mutex<mpsc::UnboundedReceiver<Call>>>,
    /// How the verification of a configuration went that is just being switched on.
    pub(crate) verified: Option<(String, bool)>,
}

impl Webhooks {
    pub(crate) fn new(beyond_loopback: bool) -> Self {
        let (calls, to_make) = mpsc::unbounded_channel();
        Self {
            beyond_loopback,
            subscriptions: BTreeMap::new(),
            deliveries: Vec::new(),
            next_delivery: 0,
            views: None,
            calls,
            to_make: Arc::new(tokio::sync::Mutex::new(to_make)),
            verified: None,
        }
    }

    /// Reports the events of an enterprise to this address, instead of any other, once that is
    /// switched on.
    pub(crate) fn subscribe(
        &mut self,
        corp_id: CorpId,
        url: &str,
        subscriber_id: &str,
        key: WebhookKey,
        random: &mut Random,
    ) -> Result<&mut Subscription, ServiceError> {
        if subscriber_id.is_empty() || key.expose().is_empty() {
            return Err(refusal::PARAMETER.because("`subscriberId` and `subscriberKey` are needed"));
        }
        let url = address(url, self.beyond_loopback)?;
        let known = self.subscriptions.remove(&corp_id);
        let subscription = Subscription {
            id: known.map_or_else(|| random.hex(32), |known| known.id),
            subscriber_id: subscriber_id.to_owned(),
            url,
            status: WebhookStatus::Disabled,
            signer: Signer::new(subscriber_id, key),
        };
        Ok(self.subscriptions.entry(corp_id).or_insert(subscription))
    }

    pub(crate) fn subscription(&mut self, corp_id: &CorpId) -> Option<&mut Subscription> {
        self.subscriptions.get_mut(corp_id)
    }

    pub(crate) fn unsubscribe(&mut self, corp_id: &CorpId) {
        self.subscriptions.remove(corp_id);
        self.deliveries
            .retain(|delivery| delivery.corp_id != *corp_id);
    }

    /// How many events are on their way.
    pub(crate) fn undelivered(&self) -> usize {
        self.deliveries.len()
    }

    /// Notes what has happened since the last time to those meetings that were touched.
    pub(crate) fn observe(
        &mut self,
        meetings: &BTreeMap<ConferenceId, Meeting>,
        touched: &BTreeSet<ConferenceId>,
        now: SystemTime,
    ) {
        if self.subscriptions.is_empty() {
            self.views = None;
            return;
        }
        let Some(views) = &mut self.views else {
            // What was there before the first subscriber is no news.
            let all = meetings.values();
            self.views = Some(
                all.map(|meeting| (meeting.id.clone(), View::of(meeting)))
                    .collect(),
            );
            return;
        };
        let mut told = Vec::new();
        for id in touched {
            let Some(meeting) = meetings.get(id) else {
                if let Some(gone) = views.remove(id) {
                    gone.disappearance(now, &mut |event| told.push((gone.corp_id.clone(), event)));
                }
                continue;
            };
            let known = views.get(id);
            if known.is_some_and(|known| known.is_current(meeting)) {
                continue;
            }
            let view = View::of(meeting);
            view.changes_since(known, now, &mut |event| {
                told.push((meeting.corp_id.clone(), event));
            });
            views.insert(id.clone(), view);
        }
        for (corp_id, event) in told {
            self.report(corp_id, &event, now);
        }
    }

    fn report(&mut self, corp_id: CorpId, event: &WebhookEvent, now: SystemTime) {
        let subscription = self.subscriptions.get(&corp_id);
        if subscription.is_none_or(|to| to.status != WebhookStatus::Enabled) {
            return;
        }
        self.next_delivery += 1;
        self.deliveries.push(Delivery {
            id: self.next_delivery,
            corp_id,
            event_info: event.to_json(Timestamp::from(now)),
            happened_at: now,
            failures: 0,
            tried_at: now,
            due: Some(now),
        });
    }

    /// Hands out the calls whose time has come. Each try is signed anew: at its own time, over the
    /// same event.
    pub(crate) fn dispatch(&mut self, now: SystemTime, random: &mut Random) {
        // A call that is under way may still succeed.
        self.deliveries.retain(|delivery| {
            delivery
                .due
                .is_none_or(|_| now < delivery.happened_at + GIVEN_UP_AFTER)
        });
        for delivery in &mut self.deliveries {
            let Some(to) = self.subscriptions.get(&delivery.corp_id) else {
                continue;
            };
            if delivery.due.is_some_and(|due| due <= now) {
                delivery.due = None;
                delivery.tried_at = now;
                let (at, nonce) = (Timestamp::from(now), random.digits(8));
                // Nobody takes calls any more when the simulator stops.
                let _ = self.calls.send(Call {
                    delivery: delivery.id,
                    url: to.url.clone(),
                    request_id: random.uuid(),
                    body: to.signer.body_of(&delivery.event_info, at, &nonce),
                });
            }
        }
    }

    /// Notes how a call went.
    pub(crate) fn called(&mut self, delivery: u64, answered: bool) {
        if answered {
            self.deliveries.retain(|one| one.id != delivery);
        } else if let Some(one) = self.deliveries.iter_mut().find(|one| one.id == delivery) {
            one.failures += 1;
            let pause = if one.failures <= SOON_TRIES {
                SOON
            } else {
                LATER
            };
            one.due = Some(one.tried_at + pause);
        }
    }

    /// When something is due, or is given up.
    pub(crate) fn deadline(&self) -> Option<SystemTime> {
        self.deliveries
            .iter()
            .filter_map(|delivery| Some(delivery.due?.min(delivery.happened_at + GIVEN_UP_AFTER)))
            .min()
    }
}

impl Subscription {
    /// The call that asks the address whether it is the subscriber's, and its nonce.
    pub(crate) fn verification(&self, now: SystemTime, random: &mut Random) -> (Call, String) {
        let nonce = random.digits(8);
        let now = Timestamp::from(now);
        let call = Call {
            delivery: 0,
            url: self.url.clone(),
            request_id: random.uuid(),
            body: self.signer.body(&WebhookEvent::Verify, now, &nonce),
        };
        (call, nonce)
    }
}

/// The address, if it is one that the simulator calls.
fn address(url: &str, beyond_loopback: bool) -> Result<Uri, ServiceError> {
    let wrong = |why: &str| refusal::PARAMETER.because(format!("`url` {why}"));
    let url: Uri = url.parse().map_err(|_| wrong("is no URL"))?;
    let authority = url.authority().ok_or_else(|| wrong("is no URL"))?;
    if authority.as_str().contains('@') {
        return Err(wrong("has a user in it"));
    }
    if url.scheme_str() != Some("http") {
        return Err(wrong(
            "must be plain http: the simulator calls this machine",
        ));
    }
    let host = authority.host().trim_matches(['[', ']']);
    let loopback = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    if loopback || beyond_loopback {
        Ok(url)
    } else {
        Err(wrong(
            "is not on this machine, and the simulator was not allowed to call others",
        ))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use meeting_types::Timestamp;

    use crate::{MeetingPlan, Simulator};

    /// No operation of the simulator changes a booking yet.
    #[test]
    #[allow(clippy::unwrap_used, reason = "this is a test")]
    fn a_changed_booking_is_told() {
        let sim = Simulator::start().unwrap();
        // Bookings keep milliseconds.
        let start = Timestamp::from(sim.now() + Duration::from_secs(3600)).into();
        let meeting = sim.create_meeting(MeetingPlan::booked("Weekly", start));
        // Nobody listens there, so that nothing is delivered.
        sim.webhook("http://127.0.0.1:9", "id", "key").unwrap();
        let change = |subject: &str, start| {
            sim.service.step(|state| {
                let meeting = state.meetings.get_mut(&meeting.conference_id).unwrap();
                meeting.booking.subject = Some(subject.to_owned());
                meeting.start = start;
            });
            sim.service.step(|state| {
                let told = state.webhooks.deliveries.iter();
                told.filter(|one| one.event_info.contains(r#""event":"meeting.modify""#))
                    .count()
            })
        };
        assert_eq!(change("Weekly", start), 0);
        assert_eq!(change("Monthly", start), 1);
        assert_eq!(change("Monthly", start + Duration::from_secs(60)), 2);
        assert_eq!(sim.undelivered_webhooks(), 2);
    }
}
