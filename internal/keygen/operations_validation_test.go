//go:build !js

package keygen_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

// An answer to a validation is 200, whatever the verdict.
func TestValidations(t *testing.T) {
	s := enter(t)
	banned := s.person("banned")
	s.SetBanned(banned.User.ID, true)
	owned := func(p keygentest.Policy) keygentest.License {
		return s.AddLicense("demo", keygentest.License{Policy: s.AddPolicy("demo", p).ID, Owner: banned.User.ID})
	}
	type scope = map[string]any
	strict := func(l keygentest.Limits) keygentest.Policy {
		return keygentest.Policy{Floating: true, Strict: true, Limits: l}
	}
	machine := keygentest.Machine{Fingerprint: "a"}
	big := keygentest.Machine{Fingerprint: "a", Cores: 9, Memory: 9, Disk: 9}
	dead := keygentest.Machine{Fingerprint: "a", LastHeartbeat: s.now.Add(-time.Hour)}
	for _, test := range []struct {
		valid    bool
		code     string
		policy   keygentest.Policy
		license  keygentest.License
		scope    scope
		machines []keygentest.Machine
	}{
		{true, "VALID", keygentest.Policy{}, keygentest.License{}, nil, nil},
		{false, "SUSPENDED", keygentest.Policy{}, keygentest.License{Suspended: true}, nil, nil},
		{false, "EXPIRED", keygentest.Policy{}, keygentest.License{Expiry: s.now}, nil, nil},
		{true, "EXPIRED", keygentest.Policy{ExpirationStrategy: "ALLOW_ACCESS"}, keygentest.License{Expiry: s.now}, nil, nil},
		{false, "ENVIRONMENT_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"environment": "x"}, nil},
		{false, "ENVIRONMENT_SCOPE_REQUIRED", keygentest.Policy{RequireEnvironmentScope: true}, keygentest.License{}, nil, nil},
		{false, "PRODUCT_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"product": nobody}, nil},
		{false, "PRODUCT_SCOPE_REQUIRED", keygentest.Policy{RequireProductScope: true}, keygentest.License{}, nil, nil},
		{true, "VALID", keygentest.Policy{RequireProductScope: true, Product: nobody}, keygentest.License{}, scope{"product": nobody}, nil},
		{false, "POLICY_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"policy": nobody}, nil},
		{false, "POLICY_SCOPE_REQUIRED", keygentest.Policy{RequirePolicyScope: true}, keygentest.License{}, nil, nil},
		{false, "USER_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"user": "stranger@people.example"}, nil},
		{false, "USER_SCOPE_REQUIRED", keygentest.Policy{RequireUserScope: true}, keygentest.License{}, scope{"user": nil}, nil},
		{true, "VALID", keygentest.Policy{RequireUserScope: true}, keygentest.License{}, scope{"user": "member@people.example"}, nil},
		{false, "ENTITLEMENTS_SCOPE_EMPTY", keygentest.Policy{}, keygentest.License{}, scope{"entitlements": []any{}}, nil},
		{false, "ENTITLEMENTS_MISSING", keygentest.Policy{}, keygentest.License{}, scope{"entitlements": []any{"EXPORT"}}, nil},
		{true, "VALID", keygentest.Policy{Entitlements: []string{"EXPORT"}}, keygentest.License{}, scope{"entitlements": []any{"EXPORT"}}, nil},
		{false, "NO_MACHINE", keygentest.Policy{}, keygentest.License{}, scope{"fingerprint": "a"}, nil},
		{false, "NO_MACHINES", keygentest.Policy{Floating: true}, keygentest.License{}, scope{"machine": nobody}, nil},
		{false, "MACHINE_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"machine": nobody}, []keygentest.Machine{machine}},
		{false, "MACHINE_SCOPE_REQUIRED", keygentest.Policy{RequireMachineScope: true}, keygentest.License{}, nil, nil},
		{false, "FINGERPRINT_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"fingerprint": "b"}, []keygentest.Machine{machine}},
		{false, "FINGERPRINT_SCOPE_REQUIRED", keygentest.Policy{RequireFingerprintScope: true}, keygentest.License{}, nil, nil},
		{false, "FINGERPRINT_SCOPE_EMPTY", keygentest.Policy{}, keygentest.License{}, scope{"fingerprints": []any{}}, nil},
		{true, "VALID", keygentest.Policy{}, keygentest.License{}, scope{"fingerprints": []any{"a", "b"}}, []keygentest.Machine{machine}},
		{false, "HEARTBEAT_NOT_STARTED", keygentest.Policy{RequireHeartbeat: true, HeartbeatBasis: "FROM_FIRST_PING"}, keygentest.License{},
			scope{"fingerprint": "a"}, []keygentest.Machine{machine}},
		{false, "HEARTBEAT_DEAD", keygentest.Policy{HeartbeatCullStrategy: "KEEP_DEAD"}, keygentest.License{}, scope{"fingerprint": "a"}, []keygentest.Machine{dead}},
		{false, "COMPONENTS_SCOPE_EMPTY", keygentest.Policy{}, keygentest.License{}, scope{"fingerprint": "a", "components": []any{}}, []keygentest.Machine{machine}},
		{false, "COMPONENTS_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"fingerprint": "a", "components": []any{"x"}}, []keygentest.Machine{machine}},
		{false, "COMPONENTS_SCOPE_REQUIRED", keygentest.Policy{RequireComponentsScope: true}, keygentest.License{}, nil, nil},
		{false, "CHECKSUM_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"checksum": "x"}, nil},
		{false, "CHECKSUM_SCOPE_REQUIRED", keygentest.Policy{RequireChecksumScope: true}, keygentest.License{}, nil, nil},
		{false, "VERSION_SCOPE_MISMATCH", keygentest.Policy{}, keygentest.License{}, scope{"version": "1.0"}, nil},
		{false, "VERSION_SCOPE_REQUIRED", keygentest.Policy{RequireVersionScope: true}, keygentest.License{}, nil, nil},
		{false, "TOO_MANY_USERS", keygentest.Policy{Limits: keygentest.Limits{MaxUsers: 1}}, keygentest.License{}, nil, nil},
		{true, "TOO_MANY_USERS", keygentest.Policy{OverageStrategy: "ALLOW_2X_OVERAGE", Limits: keygentest.Limits{MaxUsers: 1}}, keygentest.License{}, nil, nil},
		{false, "NO_MACHINES", strict(keygentest.Limits{}), keygentest.License{}, nil, nil},
		{false, "TOO_MANY_MACHINES", keygentest.Policy{Strict: true}, keygentest.License{}, nil, []keygentest.Machine{machine, {}}},
		{false, "TOO_MANY_CORES", strict(keygentest.Limits{MaxCores: 8}), keygentest.License{}, nil, []keygentest.Machine{big}},
		{false, "TOO_MUCH_MEMORY", strict(keygentest.Limits{MaxMemory: 8}), keygentest.License{}, nil, []keygentest.Machine{big}},
		{false, "TOO_MUCH_DISK", strict(keygentest.Limits{MaxDisk: 8}), keygentest.License{}, nil, []keygentest.Machine{big}},
	} {
		t.Run(test.code, func(t *testing.T) {
			s.t = t
			l := s.license(test.policy, test.license)
			for _, m := range test.machines {
				m.License = l.ID
				s.AddMachine(m)
			}
			meta, byKey := keygen.Attributes{"nonce": 7}, keygen.Attributes{"nonce": 7, "key": l.Key}
			if test.scope != nil {
				meta["scope"], byKey["scope"] = test.scope, test.scope
			}
			for _, do := range []keygen.Call{keygen.ValidateLicense(l.ID, meta), keygen.ValidateKey(byKey)} {
				answer := s.does(s.member.Token, do)
				assert.Equal(t, test.valid, answer.meta("valid"))
				assert.Equal(t, test.code, answer.meta("code"))
				assert.NotEmpty(t, answer.meta("detail"))
				assert.Equal(t, "2026-10-06T12:00:00.000Z", answer.meta("ts"))
				assert.Equal(t, 7.0, answer.meta("nonce"))
				assert.Equal(t, test.scope != nil, answer.meta("scope") != nil)
				assert.Equal(t, l.ID, answer.id())
			}
		})
	}
	s.t = t
	code := func(who keygen.Token, do keygen.Call) any { return s.does(who, do).meta("code") }
	byKey := func(key any) keygen.Call { return keygen.ValidateKey(keygen.Attributes{"key": key}) }
	assert.Equal(t, "BANNED", code(keygen.Token{}, byKey(owned(keygentest.Policy{}).Key)))
	unknown := s.does(keygen.Token{}, byKey("unknown"))
	assert.Equal(t, "NOT_FOUND", unknown.meta("code"))
	assert.Nil(t, unknown.at("data"))
	assert.Nil(t, unknown.meta("nonce"))
	overdue := s.license(keygentest.Policy{RequireCheckIn: true}, keygentest.License{})
	s.now = s.now.Add(2 * day)
	assert.Equal(t, "OVERDUE", code(s.owner.Token, keygen.ValidateLicense(overdue.ID, nil)))

	// No token is sent with a key: nobody is a stranger then.
	l := s.license(keygentest.Policy{}, keygentest.License{})
	assert.Equal(t, "VALID", code(s.stranger.Token, byKey(l.Key)))
	assert.Equal(t, "VALID", code(keygen.Token{Value: "stale"}, byKey(l.Key)))
	s.refuses(s.stranger.Token, keygen.ValidateLicense(l.ID, nil), missing)
	for _, key := range []any{"", " ", nil, 7} {
		s.refuses(keygen.Token{}, byKey(key), malformed("/meta/key"))
	}
	s.refuses(keygen.Token{}, keygen.ValidateKey(nil), malformed("/meta"))
	for name, meta := range map[string]keygen.Attributes{
		"/meta/nonce": {"nonce": "1"}, "/meta/foo": {"foo": 1}, "/meta/scope/hostname": {"scope": scope{"hostname": "x"}},
		"/meta/scope/components/0": {"scope": scope{"components": []any{1}}},
	} {
		s.refuses(s.owner.Token, keygen.ValidateLicense(l.ID, meta), malformed(name))
	}
}
