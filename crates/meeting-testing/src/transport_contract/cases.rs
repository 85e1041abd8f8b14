//! The cases of the contract, by name.

/// Defines a test for each case of the contract of transports: `transport_contract!(run, make)`, where
/// `make` is a `fn(Setup) -> impl Transport` and `run` drives a future to its end.
#[macro_export]
macro_rules! transport_contract {
    ($run:path, $make:path) => {
        $crate::transport_contract!(@cases $run, $make:
            normal_reply
            only_the_expected_headers_are_sent
            no_reason_phrase
            bodies_of_every_framing
            large_bodies_both_ways
            head_has_no_body
            header_values_may_be_any_bytes
            statuses_are_answers
            redirects_are_answers
            a_truncated_body_fails
            odd_but_harmless_heads_are_read
            folded_lines_are_unfolded
            a_hundred_header_lines_are_read
            a_long_head_is_read
            interim_responses_are_skipped
            what_cannot_be_read_is_an_error_of_the_response
            a_flood_ends_at_the_deadline
            nothing_is_unpacked_and_no_cookie_is_kept
            no_charset_is_converted
            a_refusal_that_closes_is_heard
            a_refusal_that_lingers_is_heard
            a_refusal_that_reads_nothing_is_heard
            a_refusal_that_reads_on_is_heard
            the_rest_of_a_refused_upload_is_not_sent
            an_announced_length_over_the_limit_is_refused
            a_chunked_body_over_the_limit_is_cut_off
            a_body_of_exactly_the_limit_passes
            an_endless_header_is_cut_off
            silence_times_out
            dripping_times_out
            the_steps_share_one_timeout
            extreme_timeouts_are_fine
            a_refused_connection_is_not_sent
            an_unusable_uri_is_not_sent
            connections_are_reused
            a_connection_that_the_server_closed_is_not_reused
            unasked_bytes_poison_a_connection
            a_response_that_was_there_before_its_request_answers_nothing
            a_408_that_ends_a_used_connection_is_not_sent
            any_other_408_is_an_answer
            time_that_runs_out_while_connecting_is_not_sent
            hosts_are_never_mixed
            two_names_of_one_address_are_two_hosts
            a_host_header_of_the_caller_is_kept
            tls_with_a_trusted_authority
            tls_with_an_unknown_authority
            tls_with_a_wrong_name
            tls_with_an_expired_certificate
            tls_to_a_server_without_it
            connecting_times_out
            tls_cut_short_is_an_error
            a_client_certificate_lets_in
            without_a_client_certificate_nobody_gets_in
            an_empty_store_trusts_nobody
            an_address_that_no_certificate_names_is_refused
            an_address_of_a_private_authority_is_refused
            addresses_are_verified_as_a_name
            one_name_serves_many_addresses
            an_address_verified_as_another_name_is_refused
            a_name_for_addresses_changes_nothing_for_others
            a_pinned_certificate_is_taken
            another_certificate_than_the_pinned_is_refused
            a_pin_for_one_address_does_not_help_another
            a_pinned_certificate_without_its_key_is_refused
            an_expired_certificate_is_refused_at_addresses
            sleep_lets_time_pass
        );
    };
    (@cases $run:path, $make:path: $($case:ident)+) => {
        $(
            #[test]
            fn $case() {
                $run($crate::transport_contract::$case($make));
            }
        )+
    };
}
