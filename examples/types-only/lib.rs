//! A package of its own, so that its dependencies show what `meeting-types` alone needs.
