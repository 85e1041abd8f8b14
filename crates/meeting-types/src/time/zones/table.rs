//! The service's table of time zones: the ids 1 to 77, one a row.

/// One row of the table.
#[derive(Debug)]
pub(super) struct Row {
    /// The offset as the table prints it, in minutes east of UTC. It is a label: for some rows the
    /// place moved its clocks since, and summer time is never in it.
    pub(super) offset_minutes: i16,
    /// The printed offset, as `+01:00`.
    pub(super) offset: &'static str,
    /// The places that the row names, in English.
    pub(super) name: &'static str,
    /// The IANA zones of those places that keep the same clock; the first stands for the row.
    pub(super) iana: &'static [&'static str],
    /// Whether the first IANA zone changes its clocks during the year.
    pub(super) has_summer_time: bool,
    /// Whether the printed offset is the standard offset that the first IANA zone keeps today.
    pub(super) offset_is_current: bool,
}

macro_rules! rows {
    ($($id:literal $offset:literal $minutes:literal $name:literal [$first:literal $(, $more:literal)*]
        summer: $summer:literal, current: $current:literal;)*) => {
        /// The rows in the order of their ids, from 1 on.
        pub(super) const ROWS: &[Row] = &[$(Row {
            offset_minutes: $minutes,
            offset: $offset,
            name: $name,
            iana: &[$first $(, $more)*],
            has_summer_time: $summer,
            offset_is_current: $current,
        },)*];

        /// The ids with the zone that stands for each, for people.
        pub(super) const KNOWN: &[(&str, &str)] = &[
            ("0", "default"),
            $((stringify!($id), $first),)*
        ];

        // A row is found by its place, so no id may be missing.
        const _: () = {
            let ids: &[i64] = &[$($id),*];
            let mut index = 0;
            while index < ids.len() {
                assert!(ids[index] == index as i64 + 1);
                index += 1;
            }
            assert!(ids.len() as i64 == super::TimeZoneId::GREATEST);
        };
    };
}

// Ids, offsets and places are those of the reference (meeting_21_0110). The IANA zones and what
// follows from them are ours, by the time zone data 2026f, in which Casablanca has kept +00:00 since
// September 2026. Of the cities of a row, one is left out
// where its zone keeps another clock today, such as Istanbul in row 32 or Urumqi in row 56.
#[rustfmt::skip]
rows! {
    1 "-12:00" -720 "Eniwetok and Kwajalein (date line, west side)" ["Etc/GMT+12"] summer: false, current: true;
    2 "-11:00" -660 "Midway and Samoa" ["Pacific/Pago_Pago", "Pacific/Midway"] summer: false, current: true;
    3 "-10:00" -600 "Hawaii" ["Pacific/Honolulu"] summer: false, current: true;
    4 "-09:00" -540 "Alaska" ["America/Anchorage"] summer: true, current: true;
    5 "-08:00" -480 "US and Canada Pacific, Tijuana" ["America/Los_Angeles", "America/Tijuana"] summer: true, current: true;
    6 "-07:00" -420 "Arizona" ["America/Phoenix"] summer: false, current: true;
    7 "-07:00" -420 "US and Canada Mountain" ["America/Denver"] summer: true, current: true;
    8 "-06:00" -360 "Central America" ["America/Guatemala", "America/Costa_Rica", "America/El_Salvador", "America/Managua", "America/Tegucigalpa"] summer: false, current: true;
    9 "-06:00" -360 "US and Canada Central" ["America/Chicago"] summer: true, current: true;
    10 "-06:00" -360 "Mexico City" ["America/Mexico_City"] summer: false, current: true;
    11 "-06:00" -360 "Saskatchewan" ["America/Regina"] summer: false, current: true;
    12 "-05:00" -300 "Bogota, Lima, Quito" ["America/Bogota", "America/Lima", "America/Guayaquil"] summer: false, current: true;
    13 "-05:00" -300 "US and Canada Eastern" ["America/New_York", "America/Toronto"] summer: true, current: true;
    14 "-05:00" -300 "Indiana (east)" ["America/Indiana/Indianapolis", "America/Indianapolis"] summer: true, current: true;
    15 "-04:00" -240 "Canada Atlantic" ["America/Halifax"] summer: true, current: true;
    16 "-04:00" -240 "Caracas, La Paz" ["America/Caracas", "America/La_Paz"] summer: false, current: true;
    17 "-04:00" -240 "Santiago" ["America/Santiago"] summer: true, current: true;
    18 "-03:30" -210 "Newfoundland" ["America/St_Johns"] summer: true, current: true;
    19 "-03:00" -180 "Brasilia" ["America/Sao_Paulo"] summer: false, current: true;
    20 "-03:00" -180 "Buenos Aires, Georgetown" ["America/Argentina/Buenos_Aires", "America/Buenos_Aires"] summer: false, current: true;
    21 "-03:00" -180 "Greenland" ["America/Nuuk", "America/Godthab"] summer: true, current: false;
    22 "-02:00" -120 "Mid-Atlantic" ["Atlantic/South_Georgia"] summer: false, current: true;
    23 "-01:00" -60 "Azores" ["Atlantic/Azores"] summer: true, current: true;
    24 "-01:00" -60 "Cape Verde" ["Atlantic/Cape_Verde"] summer: false, current: true;
    25 "+00:00" 0 "Casablanca, Monrovia" ["Africa/Monrovia"] summer: false, current: true;
    26 "+00:00" 0 "Greenwich: Dublin, Edinburgh, Lisbon, London" ["Europe/London", "Europe/Dublin", "Europe/Lisbon"] summer: true, current: true;
    27 "+01:00" 60 "Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna" ["Europe/Berlin", "Europe/Amsterdam", "Europe/Zurich", "Europe/Rome", "Europe/Stockholm", "Europe/Vienna"] summer: true, current: true;
    28 "+01:00" 60 "Belgrade, Bratislava, Budapest, Ljubljana, Prague" ["Europe/Prague", "Europe/Belgrade", "Europe/Bratislava", "Europe/Budapest", "Europe/Ljubljana"] summer: true, current: true;
    29 "+01:00" 60 "Brussels, Copenhagen, Madrid, Paris" ["Europe/Paris", "Europe/Brussels", "Europe/Copenhagen", "Europe/Madrid"] summer: true, current: true;
    30 "+01:00" 60 "Sarajevo, Skopje, Sofia, Warsaw, Zagreb" ["Europe/Warsaw", "Europe/Sarajevo", "Europe/Skopje", "Europe/Zagreb"] summer: true, current: true;
    31 "+01:00" 60 "West Central Africa" ["Africa/Lagos"] summer: false, current: true;
    32 "+02:00" 120 "Athens, Istanbul, Vilnius" ["Europe/Athens", "Europe/Vilnius"] summer: true, current: true;
    33 "+02:00" 120 "Bucharest" ["Europe/Bucharest"] summer: true, current: true;
    34 "+02:00" 120 "Cairo" ["Africa/Cairo"] summer: true, current: true;
    35 "+02:00" 120 "Harare, Pretoria" ["Africa/Johannesburg", "Africa/Harare"] summer: false, current: true;
    36 "+02:00" 120 "Helsinki, Riga, Tallinn" ["Europe/Helsinki", "Europe/Riga", "Europe/Tallinn"] summer: true, current: true;
    37 "+02:00" 120 "Jerusalem" ["Asia/Jerusalem", "Asia/Tel_Aviv"] summer: true, current: true;
    38 "+03:00" 180 "Baghdad, Minsk" ["Asia/Baghdad", "Europe/Minsk"] summer: false, current: true;
    39 "+03:00" 180 "Kuwait, Riyadh" ["Asia/Riyadh", "Asia/Kuwait"] summer: false, current: true;
    40 "+03:00" 180 "Moscow, St. Petersburg, Volgograd" ["Europe/Moscow", "Europe/Volgograd"] summer: false, current: true;
    41 "+03:00" 180 "Nairobi" ["Africa/Nairobi"] summer: false, current: true;
    42 "+03:30" 210 "Tehran" ["Asia/Tehran"] summer: false, current: true;
    43 "+04:00" 240 "Abu Dhabi, Muscat" ["Asia/Dubai", "Asia/Muscat"] summer: false, current: true;
    44 "+04:00" 240 "Baku, Tbilisi, Yerevan" ["Asia/Tbilisi", "Asia/Yerevan"] summer: false, current: true;
    45 "+04:30" 270 "Kabul" ["Asia/Kabul"] summer: false, current: true;
    46 "+05:00" 300 "Yekaterinburg" ["Asia/Yekaterinburg"] summer: false, current: true;
    47 "+05:00" 300 "Islamabad, Karachi, Tashkent" ["Asia/Karachi", "Asia/Tashkent"] summer: false, current: true;
    48 "+05:30" 330 "Calcutta, Chennai, Mumbai, New Delhi" ["Asia/Kolkata", "Asia/Calcutta"] summer: false, current: true;
    49 "+05:45" 345 "Kathmandu" ["Asia/Kathmandu", "Asia/Katmandu"] summer: false, current: true;
    50 "+06:00" 360 "Almaty, Novosibirsk" ["Asia/Almaty"] summer: false, current: false;
    51 "+06:00" 360 "Astana, Dhaka" ["Asia/Dhaka"] summer: false, current: true;
    52 "+06:00" 360 "Sri Jayawardenepura (Colombo)" ["Asia/Colombo"] summer: false, current: false;
    53 "+06:30" 390 "Rangoon (Yangon)" ["Asia/Yangon", "Asia/Rangoon"] summer: false, current: true;
    54 "+07:00" 420 "Bangkok, Hanoi, Jakarta" ["Asia/Bangkok", "Asia/Ho_Chi_Minh", "Asia/Jakarta"] summer: false, current: true;
    55 "+07:00" 420 "Krasnoyarsk" ["Asia/Krasnoyarsk"] summer: false, current: true;
    56 "+08:00" 480 "Beijing, Chongqing, Hong Kong, Urumqi, Taipei" ["Asia/Shanghai", "Asia/Chongqing", "Asia/Hong_Kong", "Asia/Macau", "Asia/Taipei"] summer: false, current: true;
    57 "+08:00" 480 "Irkutsk, Ulaanbaatar" ["Asia/Irkutsk", "Asia/Ulaanbaatar"] summer: false, current: true;
    58 "+08:00" 480 "Kuala Lumpur, Singapore" ["Asia/Singapore", "Asia/Kuala_Lumpur"] summer: false, current: true;
    59 "+08:00" 480 "Perth" ["Australia/Perth"] summer: false, current: true;
    60 "+09:00" 540 "Osaka, Sapporo, Tokyo" ["Asia/Tokyo"] summer: false, current: true;
    61 "+09:00" 540 "Seoul" ["Asia/Seoul"] summer: false, current: true;
    62 "+09:00" 540 "Yakutsk" ["Asia/Yakutsk"] summer: false, current: true;
    63 "+09:30" 570 "Adelaide" ["Australia/Adelaide"] summer: true, current: true;
    64 "+09:30" 570 "Darwin" ["Australia/Darwin"] summer: false, current: true;
    65 "+10:00" 600 "Brisbane" ["Australia/Brisbane"] summer: false, current: true;
    66 "+10:00" 600 "Canberra, Melbourne, Sydney" ["Australia/Sydney", "Australia/Canberra", "Australia/Melbourne"] summer: true, current: true;
    67 "+10:00" 600 "Guam, Port Moresby" ["Pacific/Guam", "Pacific/Port_Moresby"] summer: false, current: true;
    68 "+10:00" 600 "Hobart" ["Australia/Hobart"] summer: true, current: true;
    69 "+10:00" 600 "Vladivostok" ["Asia/Vladivostok"] summer: false, current: true;
    70 "+11:00" 660 "Magadan, Solomon Islands, New Caledonia" ["Pacific/Guadalcanal", "Asia/Magadan", "Pacific/Noumea"] summer: false, current: true;
    71 "+12:00" 720 "Auckland, Wellington" ["Pacific/Auckland"] summer: true, current: true;
    72 "+12:00" 720 "Fiji" ["Pacific/Fiji"] summer: false, current: true;
    73 "+13:00" 780 "Nuku'alofa" ["Pacific/Tongatapu"] summer: false, current: true;
    74 "+09:00" 540 "Irkutsk" ["Asia/Irkutsk"] summer: false, current: false;
    75 "+00:00" 0 "Casablanca" ["Africa/Casablanca"] summer: false, current: true;
    76 "+04:00" 240 "Baku" ["Asia/Baku"] summer: false, current: true;
    77 "+12:00" 720 "Kamchatka, Marshall Islands" ["Asia/Kamchatka", "Pacific/Majuro"] summer: false, current: true;
}
