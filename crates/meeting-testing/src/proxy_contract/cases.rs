//! The cases of the contract, by name.

/// Defines a test for each case of the contract about proxies: `proxy_contract!(run, make, Shell)`, where
/// `make` is a `fn(Setup) -> impl Transport`, `run` drives a future to its end, and `Shell` is a
/// [`Shell`](crate::channel_contract::Shell).
///
/// With `foreign` before the arguments: the cases that `tinyproxy` and `squid` serve.
#[macro_export]
macro_rules! proxy_contract {
    ($run:path, $make:path, $shell:ty) => {
        $crate::proxy_contract!(@exchanges $run, $make:
            a_tunnel_leads_to_https
            plain_http_is_forwarded
            credentials_open_a_tunnel
            the_proxy_looks_names_up
            the_certificate_of_the_service_is_checked
            an_address_is_verified_as_a_name_through_a_proxy
            a_pin_holds_through_a_proxy
            hosts_without_a_proxy_are_reached_directly
            limits_hold_through_a_proxy
            a_client_certificate_is_for_the_service_alone
            a_proxy_that_asks_for_credentials
            a_proxy_that_refuses
            a_proxy_that_hangs
            a_proxy_that_hangs_over_a_request_to_forward
            a_proxy_that_answers_nonsense
            a_proxy_that_closes
            a_proxy_that_is_not_there
            a_proxy_that_cannot_be_trusted
            a_proxy_without_tls
        );
        $crate::proxy_contract!(@channels $shell:
            a_channel_goes_through_a_tunnel
            a_channel_to_an_address_is_verified_as_a_name_through_a_proxy
            a_channel_checks_the_certificate_of_the_service
            a_channel_through_a_proxy_that_lets_nothing_through
            a_channel_to_a_host_without_a_proxy_goes_straight_there
        );
    };
    (foreign $run:path, $make:path, $shell:ty) => {
        $crate::proxy_contract!(@exchanges $run, $make:
            foreign_proxies_open_tunnels_and_forward
            foreign_proxies_ask_for_credentials
            foreign_proxies_refuse
        );
        $crate::proxy_contract!(@channels $shell: foreign_proxies_carry_event_channels);
    };
    (@exchanges $run:path, $make:path: $($case:ident)+) => {
        $(
            #[test]
            fn $case() {
                $run($crate::proxy_contract::$case($make));
            }
        )+
    };
    (@channels $shell:ty: $($case:ident)+) => {
        $(
            #[test]
            fn $case() {
                $crate::proxy_contract::$case::<$shell>();
            }
        )+
    };
}
