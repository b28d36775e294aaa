// Package e2e tests the built module as a visitor meets it: real pages in a browser, Chromium or the one that
// KEYGEN_AUTH_BROWSER names, served under the strict policy that the module promises to run under, against the emulated
// API on another origin. It has no code of its own.
package e2e
