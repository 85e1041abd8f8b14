//! The service's table of countries and regions, one a row.

/// One row of the table.
#[derive(Debug)]
pub(super) struct Row {
    /// The name in the service.
    pub(super) wire: &'static str,
    /// The digits of the calling code; in North America with the area code.
    pub(super) calling_code: &'static str,
    /// The code of two letters of ISO 3166-1.
    pub(super) iso_code: &'static str,
    /// The English name.
    pub(super) name: &'static str,
}

macro_rules! rows {
    ($($wire:literal $calling_code:literal $iso_code:literal $name:literal;)*) => {
        /// The rows, in the order of the reference.
        pub(super) const ROWS: &[Row] = &[$(Row {
            wire: $wire,
            calling_code: $calling_code,
            iso_code: $iso_code,
            name: $name,
        },)*];

        /// The names in the service, each with the English one.
        pub(super) const KNOWN: &[(&str, &str)] = &[$(($wire, $name)),*];
    };
}

// Names and calling codes are those of the reference (meeting_21_0109), odd spellings included: the
// last letter of `BVl` is a lower-case L. The ISO codes are ours; XK is no official one. `kosovo` is
// in one of three copies of the table only.
#[rustfmt::skip]
rows! {
    "chinaPR" "86" "CN" "China (mainland)";
    "chinaHKG" "852" "HK" "Hong Kong (China)";
    "chinaOMA" "853" "MO" "Macao (China)";
    "chinaTPE" "886" "TW" "Taiwan (China)";
    "BVl" "1284" "VG" "British Virgin Islands";
    "Bolivia" "591" "BO" "Bolivia";
    "CZ" "420" "CZ" "Czech Republic";
    "GB" "245" "GW" "Guinea-Bissau";
    "SVGrenadines" "1784" "VC" "Saint Vincent and the Grenadines";
    "TAT" "1868" "TT" "Trinidad and Tobago";
    "UK" "44" "GB" "United Kingdom";
    "afghanistan" "93" "AF" "Afghanistan";
    "albania" "355" "AL" "Albania";
    "algeria" "213" "DZ" "Algeria";
    "andorra" "376" "AD" "Andorra";
    "angola" "244" "AO" "Angola";
    "argentina" "54" "AR" "Argentina";
    "armenia" "374" "AM" "Armenia";
    "australia" "61" "AU" "Australia";
    "austria" "43" "AT" "Austria";
    "azerbaijan" "994" "AZ" "Azerbaijan";
    "bahamas" "1242" "BS" "Bahamas";
    "bahrain" "973" "BH" "Bahrain";
    "bangladesh" "880" "BD" "Bangladesh";
    "belarus" "375" "BY" "Belarus";
    "belgium" "32" "BE" "Belgium";
    "belize" "501" "BZ" "Belize";
    "benin" "229" "BJ" "Benin";
    "bosniaAndHerzegovina" "387" "BA" "Bosnia and Herzegovina";
    "botswana" "267" "BW" "Botswana";
    "brazil" "55" "BR" "Brazil";
    "brunei" "673" "BN" "Brunei";
    "bulgaria" "359" "BG" "Bulgaria";
    "burkinaFaso" "226" "BF" "Burkina Faso";
    "burundi" "257" "BI" "Burundi";
    "cambodia" "855" "KH" "Cambodia";
    "cameroon" "237" "CM" "Cameroon";
    "canada" "1" "CA" "Canada";
    "capeVerde" "238" "CV" "Cape Verde";
    "caymanIslands" "1345" "KY" "Cayman Islands";
    "centralAfrican" "236" "CF" "Central African Republic";
    "chad" "235" "TD" "Chad";
    "chile" "56" "CL" "Chile";
    "columbia" "57" "CO" "Colombia";
    "comoros" "269" "KM" "Comoros";
    "congoB" "242" "CG" "Congo (Brazzaville)";
    "congoJ" "243" "CD" "Congo (Kinshasa)";
    "costarica" "506" "CR" "Costa Rica";
    "croatia" "385" "HR" "Croatia";
    "curacao" "599" "CW" "Curacao";
    "cyprus" "357" "CY" "Cyprus";
    "denmark" "45" "DK" "Denmark";
    "djibouti" "253" "DJ" "Djibouti";
    "dominica" "1809" "DO" "Dominican Republic";
    "ecuador" "593" "EC" "Ecuador";
    "egypt" "20" "EG" "Egypt";
    "equatorialGuinea" "240" "GQ" "Equatorial Guinea";
    "estonia" "372" "EE" "Estonia";
    "finland" "358" "FI" "Finland";
    "france" "33" "FR" "France";
    "gabon" "241" "GA" "Gabon";
    "gambia" "220" "GM" "Gambia";
    "georgia" "995" "GE" "Georgia";
    "germany" "49" "DE" "Germany";
    "ghana" "233" "GH" "Ghana";
    "greece" "30" "GR" "Greece";
    "grenada" "1473" "GD" "Grenada";
    "guatemala" "502" "GT" "Guatemala";
    "guinea" "224" "GN" "Guinea";
    "guyana" "592" "GY" "Guyana";
    "honduras" "504" "HN" "Honduras";
    "hungary" "36" "HU" "Hungary";
    "india" "91" "IN" "India";
    "indonesia" "62" "ID" "Indonesia";
    "iraq" "964" "IQ" "Iraq";
    "ireland" "353" "IE" "Ireland";
    "israel" "972" "IL" "Israel";
    "italy" "39" "IT" "Italy";
    "ivoryCoast" "225" "CI" "Ivory Coast";
    "jamaica" "1876" "JM" "Jamaica";
    "japan" "81" "JP" "Japan";
    "jordan" "962" "JO" "Jordan";
    "kazakhstan" "7" "KZ" "Kazakhstan";
    "kenya" "254" "KE" "Kenya";
    "kosovo" "383" "XK" "Kosovo";
    "kuwait" "965" "KW" "Kuwait";
    "kyrgyzstan" "996" "KG" "Kyrgyzstan";
    "laos" "856" "LA" "Laos";
    "latvia" "371" "LV" "Latvia";
    "lebanon" "961" "LB" "Lebanon";
    "lesotho" "266" "LS" "Lesotho";
    "liberia" "231" "LR" "Liberia";
    "libya" "218" "LY" "Libya";
    "lithuania" "370" "LT" "Lithuania";
    "luxembourg" "352" "LU" "Luxembourg";
    "macedonia" "389" "MK" "North Macedonia";
    "madagascar" "261" "MG" "Madagascar";
    "malawi" "265" "MW" "Malawi";
    "malaysia" "60" "MY" "Malaysia";
    "maldives" "960" "MV" "Maldives";
    "mali" "223" "ML" "Mali";
    "malta" "356" "MT" "Malta";
    "mauritania" "222" "MR" "Mauritania";
    "mauritius" "230" "MU" "Mauritius";
    "mexico" "52" "MX" "Mexico";
    "moldova" "373" "MD" "Moldova";
    "mongolia" "976" "MN" "Mongolia";
    "montenegro" "382" "ME" "Montenegro";
    "morocco" "212" "MA" "Morocco";
    "mozambique" "258" "MZ" "Mozambique";
    "myanmar" "95" "MM" "Myanmar";
    "namibia" "264" "NA" "Namibia";
    "nepal" "977" "NP" "Nepal";
    "netherlands" "31" "NL" "Netherlands";
    "newZealand" "64" "NZ" "New Zealand";
    "nicaragua" "505" "NI" "Nicaragua";
    "niger" "227" "NE" "Niger";
    "nigeria" "234" "NG" "Nigeria";
    "norway" "47" "NO" "Norway";
    "oman" "968" "OM" "Oman";
    "pakistan" "92" "PK" "Pakistan";
    "palestine" "970" "PS" "Palestine";
    "panama" "507" "PA" "Panama";
    "papuaNewGuinea" "675" "PG" "Papua New Guinea";
    "peru" "51" "PE" "Peru";
    "philippines" "63" "PH" "Philippines";
    "poland" "48" "PL" "Poland";
    "portugal" "351" "PT" "Portugal";
    "puertoRico" "1787" "PR" "Puerto Rico";
    "qatar" "974" "QA" "Qatar";
    "romania" "40" "RO" "Romania";
    "russia" "7" "RU" "Russia";
    "rwanda" "250" "RW" "Rwanda";
    "saintMartin" "590" "MF" "Saint Martin";
    "salvatore" "503" "SV" "El Salvador";
    "saudiArabia" "966" "SA" "Saudi Arabia";
    "senegal" "221" "SN" "Senegal";
    "serbia" "381" "RS" "Serbia";
    "seychelles" "248" "SC" "Seychelles";
    "sierraLeone" "232" "SL" "Sierra Leone";
    "singapore" "65" "SG" "Singapore";
    "slovakia" "421" "SK" "Slovakia";
    "slovenia" "386" "SI" "Slovenia";
    "somalia" "252" "SO" "Somalia";
    "southAfrica" "27" "ZA" "South Africa";
    "southKorea" "82" "KR" "South Korea";
    "spain" "34" "ES" "Spain";
    "sriLanka" "94" "LK" "Sri Lanka";
    "suriname" "597" "SR" "Suriname";
    "swaziland" "268" "SZ" "Eswatini";
    "sweden" "46" "SE" "Sweden";
    "switzerland" "41" "CH" "Switzerland";
    "tajikistan" "992" "TJ" "Tajikistan";
    "tanzania" "255" "TZ" "Tanzania";
    "thailand" "66" "TH" "Thailand";
    "togo" "228" "TG" "Togo";
    "tunisia" "216" "TN" "Tunisia";
    "turkey" "90" "TR" "Turkey";
    "turkmenistan" "993" "TM" "Turkmenistan";
    "uae" "971" "AE" "United Arab Emirates";
    "uganda" "256" "UG" "Uganda";
    "ukraine" "380" "UA" "Ukraine";
    "uruguay" "598" "UY" "Uruguay";
    "usa" "1" "US" "United States";
    "uzbekistan" "998" "UZ" "Uzbekistan";
    "venezuela" "58" "VE" "Venezuela";
    "vietNam" "84" "VN" "Vietnam";
    "yemen" "967" "YE" "Yemen";
    "zambia" "260" "ZM" "Zambia";
    "zimbabwe" "263" "ZW" "Zimbabwe";
}
