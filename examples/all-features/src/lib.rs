//! Runs the tests of the transports while all features of reqwest and ureq are on.
