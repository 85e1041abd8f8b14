//! Who is told what happens: the configuration, by REST and by the controlling program.

use bytes::Bytes;
use meeting_types::{
    CorpId, ServiceError,
    models::{WebhookConfig, WebhookStatus},
    operations::{
        DeleteWebHookConfig, SetWebHookConfig, ShowWebHookConfig, UpdateWebHookConfigStatus,
    },
    webhooks::WebhookKey,
};

use crate::{
    handlers::{
        admit::CorpAdmin,
        route::{self, Later},
    },
    state::{State, errors, feed::webhooks::Subscription},
};

/// The call to make before this request is performed, if it switches something on.
pub(crate) fn verification(state: &mut State, request: &http::Request<Bytes>) -> Option<Later> {
    let admitted = route::admit::<UpdateWebHookConfigStatus, CorpAdmin>(state, request);
    let (admin, update) = admitted.ok()?;
    let (now, random) = (state.now, &mut state.random);
    let subscription = state.webhooks.subscription(&admin.corp_id)?;
    let asked = subscription.id == update.config_id && update.status == WebhookStatus::Enabled;
    asked.then(|| {
        let (call, nonce) = subscription.verification(now, random);
        let config = update.config_id;
        Later {
            call,
            nonce,
            note: Box::new(|state, verified| state.webhooks.verified = Some((config, verified))),
        }
    })
}

/// Checks that an enterprise that a request names is the one that the caller administers.
fn own(admin: &CorpAdmin, wanted: Option<&CorpId>) -> Result<(), ServiceError> {
    if wanted.is_none_or(|wanted| *wanted == admin.corp_id) {
        Ok(())
    } else {
        Err(errors::NOT_PERMITTED.into())
    }
}

pub(crate) fn set_web_hook_config(
    state: &mut State,
    admin: CorpAdmin,
    set: SetWebHookConfig,
) -> Result<(), ServiceError> {
    own(&admin, set.corp_id.as_ref())?;
    let corp_id = admin.corp_id;
    let key = WebhookKey::new(set.subscriber_key.expose());
    let (webhooks, random) = (&mut state.webhooks, &mut state.random);
    webhooks.subscribe(corp_id, &set.url, &set.subscriber_id, key, random)?;
    Ok(())
}

pub(crate) fn show_web_hook_config(
    state: &mut State,
    admin: CorpAdmin,
    show: ShowWebHookConfig,
) -> Result<WebhookConfig, ServiceError> {
    own(&admin, show.corp_id.as_ref())?;
    let corp_id = admin.corp_id;
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

pub(crate) fn delete_web_hook_config(
    state: &mut State,
    admin: CorpAdmin,
    delete: DeleteWebHookConfig,
) -> Result<(), ServiceError> {
    let corp_id = admin.corp_id;
    find(state, &corp_id, &delete.config_id)?;
    state.webhooks.unsubscribe(&corp_id);
    Ok(())
}

pub(crate) fn update_web_hook_config_status(
    state: &mut State,
    admin: CorpAdmin,
    update: UpdateWebHookConfigStatus,
) -> Result<(), ServiceError> {
    let verified = state.webhooks.verified.take();
    let corp_id = admin.corp_id;
    let subscription = find(state, &corp_id, &update.config_id)?;
    subscription.status = match update.status {
        WebhookStatus::Enabled if verified == Some((update.config_id, true)) => {
            WebhookStatus::Enabled
        }
        WebhookStatus::Enabled => {
            return Err(
                errors::PARAMETER.with_message("The URL did not answer meeting.verify right")
            );
        }
        WebhookStatus::Disabled => WebhookStatus::Disabled,
        _ => return Err(errors::PARAMETER.with_message("`status` must be 0 or 1")),
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
        .ok_or_else(|| {
            errors::PARAMETER.with_message("`id` is no configuration of this enterprise")
        })
}
