// Package e2e tests the built module as a visitor meets it: real pages in a browser, Chromium or the one that
// KEYGEN_AUTH_BROWSER names, served under the strict policy that the module promises to run under, against the emulated
// API on another origin. It has no code of its own.
//
// A test holds on a machine that does other things, too. It waits for a condition (tab.until, stage.eventually), never for
// a time; one that no earlier step can have made true. What has to happen in between is held up by the emulator
// (stage.held, stage.hang, a fault with a delay) until the test lets it go, and is not hoped to last long enough. Limits
// are there to end a test that hangs: patience, and short where the limit itself is tested. Where something must not
// happen, something that comes later is waited for first. Ports are the system's choice, and each test has a profile, an
// API and a site of its own.
//
// A press (tab.hit) takes aim until the element is the topmost in its place and has stayed there for two frames, and fails
// when something else got it. It is never repeated, as it may have done there what the test never meant. That the demo's
// pages do not move what somebody is about to press is tested itself (tab.untouched).
package e2e
