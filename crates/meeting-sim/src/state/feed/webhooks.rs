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

use super::{compare::Snapshot, webhook_snapshot::WebhookSnapshot};
use crate::state::{booking::meetings::Meeting, errors, random::Random};

/// How long after the one before each of the first tries comes.
const SOON: Duration = Duration::from_secs(30);
/// How many of them there are.
const SOON_TRIES: u32 = 3;
/// How long after the one before any other try comes.
const LATER: Duration = Duration::from_secs(30 * 60);
/// How long after the event it is given up.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How many events may wait for the receiver of one enterprise. The oldest are given up first.
pub(crate) const UNDELIVERED: usize = 10_000;

/// One call to make.
#[derive(Debug)]
pub(crate) struct Call {
    /// Whose receiver is called.
    pub(crate) corp_id: CorpId,
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
    deliveries: BTreeMap<u64, Delivery>,
    /// When to do something about each delivery that waits.
    by_time: BTreeSet<(SystemTime, u64)>,
    /// The deliveries of each enterprise, the oldest first.
    by_corp: BTreeMap<CorpId, BTreeSet<u64>>,
    next_delivery: u64,
    /// The meetings as subscribers know them; nothing while there are no subscribers.
    published: Option<BTreeMap<ConferenceId, WebhookSnapshot>>,
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
            deliveries: BTreeMap::new(),
            by_time: BTreeSet::new(),
            by_corp: BTreeMap::new(),
            next_delivery: 0,
            published: None,
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
            return Err(
                errors::PARAMETER.with_message("`subscriberId` and `subscriberKey` are needed")
            );
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
        for id in self.by_corp.remove(corp_id).unwrap_or_default() {
            self.give_up(id);
        }
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
            self.published = None;
            return;
        }
        let Some(published) = &mut self.published else {
            // What was there before the first subscriber is no news.
            let all = meetings.iter();
            let all = all.filter_map(|(id, one)| Some((id.clone(), WebhookSnapshot::of(one)?)));
            self.published = Some(all.collect());
            return;
        };
        let mut events = Vec::new();
        for id in touched {
            let Some(meeting) = meetings.get(id) else {
                if let Some(gone) = published.remove(id) {
                    let last = gone.disappearance(now).into_iter();
                    events.extend(last.map(|event| (gone.corp_id.clone(), event)));
                }
                continue;
            };
            let known = published.get(id);
            if known.is_some_and(|known| known.is_current(meeting)) {
                continue;
            }
            let Some(snapshot) = WebhookSnapshot::of(meeting) else {
                continue;
            };
            let changes = snapshot.changes_since(known, now).into_iter();
            events.extend(changes.map(|event| (meeting.corp_id.clone(), event)));
            published.insert(id.clone(), snapshot);
        }
        for (corp_id, event) in events {
            self.report(corp_id, &event, now);
        }
    }

    /// Forgets a meeting that the service forgets: that is no news.
    pub(crate) fn forget(&mut self, id: &ConferenceId) {
        if let Some(published) = &mut self.published {
            published.remove(id);
        }
    }

    fn report(&mut self, corp_id: CorpId, event: &WebhookEvent, now: SystemTime) {
        let subscription = self.subscriptions.get(&corp_id);
        if subscription.is_none_or(|to| to.status != WebhookStatus::Enabled) {
            return;
        }
        let waiting = self.by_corp.entry(corp_id.clone()).or_default();
        let oldest = if waiting.len() >= UNDELIVERED {
            waiting.pop_first()
        } else {
            None
        };
        self.next_delivery += 1;
        let id = self.next_delivery;
        waiting.insert(id);
        if let Some(oldest) = oldest {
            self.give_up(oldest);
        }
        let delivery = Delivery {
            corp_id,
            event_info: event.to_json(Timestamp::from(now)),
            happened_at: now,
            failures: 0,
            tried_at: now,
            due: None,
        };
        self.deliveries.insert(id, delivery);
        self.schedule(id, now);
    }

    /// Notes when the next try of a delivery comes.
    fn schedule(&mut self, id: u64, due: SystemTime) {
        if let Some(delivery) = self.deliveries.get_mut(&id) {
            delivery.due = Some(due.min(delivery.happened_at + GIVEN_UP_AFTER));
            self.by_time.extend(delivery.due.map(|due| (due, id)));
        }
    }

    fn give_up(&mut self, id: u64) {
        let Some(gone) = self.deliveries.remove(&id) else {
            return;
        };
        if let Some(due) = gone.due {
            self.by_time.remove(&(due, id));
        }
        if let Some(waiting) = self.by_corp.get_mut(&gone.corp_id) {
            waiting.remove(&id);
        }
    }

    /// Hands out the calls whose time has come. Each try is signed anew: at its own time, over the
    /// same event.
    pub(crate) fn dispatch(&mut self, now: SystemTime, random: &mut Random) {
        while let Some((due, id)) = self.by_time.first().copied()
            && due <= now
        {
            self.by_time.pop_first();
            let Some(delivery) = self.deliveries.get_mut(&id) else {
                continue;
            };
            // A call that is under way may still succeed; one that waits is given up.
            delivery.due = None;
            if now >= delivery.happened_at + GIVEN_UP_AFTER {
                self.give_up(id);
                continue;
            }
            let Some(to) = self.subscriptions.get(&delivery.corp_id) else {
                self.give_up(id);
                continue;
            };
            delivery.tried_at = now;
            let (at, nonce) = (Timestamp::from(now), random.digits(8));
            // Nobody takes calls any more when the simulator stops.
            let _ = self.calls.send(Call {
                corp_id: delivery.corp_id.clone(),
                delivery: id,
                url: to.url.clone(),
                request_id: random.uuid(),
                body: to.signer.body_of(&delivery.event_info, at, &nonce),
            });
        }
    }

    /// Notes that a call was not made.
    pub(crate) fn put_back(&mut self, delivery: u64, now: SystemTime) {
        self.schedule(delivery, now);
    }

    /// Notes how a call went.
    pub(crate) fn called(&mut self, delivery: u64, answered: bool) {
        if answered {
            self.give_up(delivery);
        } else if let Some(one) = self.deliveries.get_mut(&delivery) {
            one.failures += 1;
            let pause = if one.failures <= SOON_TRIES {
                SOON
            } else {
                LATER
            };
            let due = one.tried_at + pause;
            self.schedule(delivery, due);
        }
    }

    /// When something is due, or is given up.
    pub(crate) fn deadline(&self) -> Option<SystemTime> {
        self.by_time.first().map(|(due, _)| *due)
    }
}

impl Subscription {
    /// The call that asks the address whether it is the subscriber's, and its nonce.
    pub(crate) fn verification(&self, now: SystemTime, random: &mut Random) -> (Call, String) {
        let nonce = random.digits(8);
        let now = Timestamp::from(now);
        let call = Call {
            corp_id: CorpId::new(""),
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
    let wrong = |why: &str| errors::PARAMETER.with_message(format!("`url` {why}"));
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
