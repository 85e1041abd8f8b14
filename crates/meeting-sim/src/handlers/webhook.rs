//! Who is told what happens: the configuration, by REST and by the controlling program.

use std::sync::Arc;

use axum::{Router, body::Body, extract::Request, routing::put};
use bytes::Bytes;
use meeting_types::{
    AccessToken, CorpId, Operation, ServerOperation, ServiceError,
    models::{WebhookConfig, WebhookStatus},
    operations::{
        DeleteWebHookConfig, SetWebHookConfig, ShowWebHookConfig, UpdateWebHookConfigStatus,
    },
    webhooks::WebhookKey,
};

use crate::{
    Simulator,
    dispatch::{Authenticate, BODY_LIMIT, Routes, exchange, perform},
    refusal,
    service::Service,
    state::{
        State,
        webhooks::{Call, Subscription},
    },
    webhook_calls,
};

pub(crate) fn add(routes: Routes) -> Routes {
    routes
        .on::<SetWebHookConfig>(set_config)
        .on::<ShowWebHookConfig>(show_config)
        .on::<DeleteWebHookConfig>(delete_config)
        .with(add_status)
}

/// Switching on waits for the subscriber, and no step of the simulator may wait; hence a route of its
/// own, which calls the subscriber first and then takes its step.
fn add_status(router: Router, service: Arc<Service>) -> Router {
    let serve = move |request: Request| {
        let service = Arc::clone(&service);
        async move {
            let (parts, body) = request.into_parts();
            let body = axum::body::to_bytes(body, BODY_LIMIT).await;
            let request = http::Request::from_parts(parts, body.unwrap_or_default());
            let check = service.step(|state| verification(state, &request));
            if let Some((config_id, call, nonce)) = check {
                let verified = webhook_calls::verify(call, &nonce).await;
                service.step(|state| state.webhooks.verified = Some((config_id, verified)));
            }
            let request: Request = request.map(Body::from);
            let info = Some(UpdateWebHookConfigStatus::INFO);
            exchange(&service, request, info, |state, request| {
                perform(state, request, update_status)
            })
            .await
        }
    };
    router.route(UpdateWebHookConfigStatus::INFO.path, put(serve))
}

/// The call to make before this request is performed, if it switches something on.
fn verification(
    state: &mut State,
    request: &http::Request<Bytes>,
) -> Option<(String, Call, String)> {
    let given = UpdateWebHookConfigStatus::credential_of(request);
    let token = AccessToken::authenticate(given, request, state).ok()?;
    let update = UpdateWebHookConfigStatus::from_request(request).ok()?;
    let corp_id = administered(state, &token, None).ok()?;
    let (now, random) = (state.now, &mut state.random);
    let subscription = state.webhooks.subscription(&corp_id)?;
    let asked = subscription.id == update.config_id && update.status == WebhookStatus::Enabled;
    asked.then(|| {
        let (call, nonce) = subscription.verification(now, random);
        (update.config_id, call, nonce)
    })
}

/// The enterprise that the caller administers.
fn administered(
    state: &State,
    token: &AccessToken,
    wanted: Option<&CorpId>,
) -> Result<CorpId, ServiceError> {
    let user = state.user_of(token)?;
    if user.admin && wanted.is_none_or(|wanted| *wanted == user.corp_id) {
        Ok(user.corp_id)
    } else {
        Err(refusal::NOT_PERMITTED.into())
    }
}

fn set_config(
    state: &mut State,
    token: AccessToken,
    set: SetWebHookConfig,
) -> Result<(), ServiceError> {
    let corp_id = administered(state, &token, set.corp_id.as_ref())?;
    let key = WebhookKey::new(set.subscriber_key.expose());
    let (webhooks, random) = (&mut state.webhooks, &mut state.random);
    webhooks.subscribe(corp_id, &set.url, &set.subscriber_id, key, random)?;
    Ok(())
}

fn show_config(
    state: &mut State,
    token: AccessToken,
    show: ShowWebHookConfig,
) -> Result<WebhookConfig, ServiceError> {
    let corp_id = administered(state, &token, show.corp_id.as_ref())?;
    let reply = WebhookConfig::new().return_code(0);
    Ok(match state.webhooks.subscription(&corp_id) {
        None => reply,
        Some(subscription) => reply
            .config_id(subscription.id.as_str())
            .subscriber_id(subscription.subscriber_id.as_str())
            .url(subscription.url.to_string())
            .status(subscription.status),
    })
}

fn delete_config(
    state: &mut State,
    token: AccessToken,
    delete: DeleteWebHookConfig,
) -> Result<(), ServiceError> {
    let corp_id = administered(state, &token, None)?;
    find(state, &corp_id, &delete.config_id)?;
    state.webhooks.unsubscribe(&corp_id);
    Ok(())
}

fn update_status(
    state: &mut State,
    token: AccessToken,
    update: UpdateWebHookConfigStatus,
) -> Result<(), ServiceError> {
    let verified = state.webhooks.verified.take();
    let corp_id = administered(state, &token, None)?;
    let subscription = find(state, &corp_id, &update.config_id)?;
    subscription.status = match update.status {
        WebhookStatus::Enabled if verified == Some((update.config_id, true)) => {
            WebhookStatus::Enabled
        }
        WebhookStatus::Enabled => {
            return Err(refusal::PARAMETER.because("The URL did not answer meeting.verify right"));
        }
        WebhookStatus::Disabled => WebhookStatus::Disabled,
        _ => return Err(refusal::PARAMETER.because("`status` must be 0 or 1")),
    };
    Ok(())
}

fn find<'a>(
    state: &'a mut State,
    corp_id: &CorpId,
    config_id: &str,
) -> Result<&'a mut Subscription, ServiceError> {
    let subscription = state.webhooks.subscription(corp_id);
    subscription
        .filter(|subscription| subscription.id == config_id)
        .ok_or_else(|| refusal::PARAMETER.because("`id` is no configuration of this enterprise"))
}

impl Simulator {
    /// Reports to this URL what happens from now on to the meetings of the simulator's enterprise,
    /// signed with `key`. It takes the place of any other, and needs no verification.
    ///
    /// A call that is not answered with 200 within 5 seconds is made again: three times, 30 seconds
    /// apart, then every 30 minutes, until 24 hours have passed. That is by the simulator's clock:
    /// [`advance`](Self::advance) brings about the next try at once, and at most one. Each try is
    /// signed anew, at the simulator's time; give the verifier [`now`](Self::now) if the clock was
    /// moved.
    ///
    /// # Errors
    ///
    /// The URL is not plain `http`, or not on this machine and
    /// [`webhooks_beyond_loopback`](crate::SimulatorBuilder::webhooks_beyond_loopback) was not
    /// called; or the id or the key is empty.
    pub fn webhook(
        &self,
        url: &str,
        subscriber_id: &str,
        key: impl Into<WebhookKey>,
    ) -> Result<(), ServiceError> {
        self.service.step(|state| {
            let corp_id = state.directory.corp_id.clone();
            let (webhooks, random) = (&mut state.webhooks, &mut state.random);
            webhooks
                .subscribe(corp_id, url, subscriber_id, key.into(), random)?
                .status = WebhookStatus::Enabled;
            Ok(())
        })
    }

    /// How many events wait to be answered by their receiver.
    #[must_use]
    pub fn undelivered_webhooks(&self) -> usize {
        self.service.step(|state| state.webhooks.undelivered())
    }
}
