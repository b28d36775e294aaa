//go:build !js

package keygen_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

const usesAt = "/data/attributes/uses"

var closed = keygentest.Policy{Protected: new(true)}

func TestOperationsOfLicenses(t *testing.T) {
	s := enter(t)
	l := s.license(keygentest.Policy{Floating: true}, keygentest.License{
		Name: "Pro", Key: "key/WITH+SIGNS.==", Metadata: map[string]any{"order": "A-1"},
	})
	second := s.license(closed, keygentest.License{Suspended: true})
	for _, who := range []keygen.Token{s.owner.Token, s.member.Token} {
		assert.Equal(t, []string{second.ID, l.ID}, s.does(who, keygen.ListLicenses(nil)).ids())
		for _, name := range []string{l.ID, l.Key} {
			shown := s.does(who, keygen.ShowLicense(name))
			assert.Equal(t, l.ID, shown.id())
			assert.Equal(t, l.Key, shown.attribute("key"))
			assert.Equal(t, "ACTIVE", shown.attribute("status"))
			assert.Equal(t, s.owner.User.ID, shown.related("owner"))
			assert.Equal(t, l.Policy, shown.related("policy"))
		}
	}
	for _, filter := range [][]keygen.Parameter{
		where("status", "SUSPENDED"), where("suspended", "true"), where("policy", second.Policy),
		where("owner", s.owner.User.Email, "suspended", "true"), where("activations[gte]", "0", "suspended", "true"),
	} {
		assert.Equal(t, []string{second.ID}, s.does(s.owner.Token, keygen.ListLicenses(filter)).ids(), filter)
	}
	assert.Equal(t, []string{l.ID}, s.does(s.owner.Token, keygen.ListLicenses(where("metadata[order]", "A-1"))).ids())
	assert.Empty(t, s.does(s.stranger.Token, keygen.ListLicenses(nil)).ids())
	s.refuses(s.stranger.Token, keygen.ShowLicense(l.ID), missing)
	s.refuses(s.stranger.Token, keygen.ShowLicense(l.Key), missing)

	s.refuses(s.stranger.Token, keygen.DeleteLicense(l.ID), missing)
	s.refuses(s.member.Token, keygen.DeleteLicense(l.ID), denied)
	s.refuses(s.owner.Token, keygen.DeleteLicense(second.ID), denied)
	s.empties(s.owner.Token, keygen.DeleteLicense(l.ID))
	s.refuses(s.owner.Token, keygen.ShowLicense(l.ID), missing)
}

// createLicense is keygen.CreateLicense of a policy.
func createLicense(policy, owner string, attributes keygen.Attributes) keygen.Call {
	fields := keygen.Attributes{"policy": policy}
	maps.Copy(fields, attributes)
	return keygen.CreateLicense(owner, fields)
}

func TestCreateLicense(t *testing.T) {
	s := enter(t)
	open := s.AddPolicy("demo", keygentest.Policy{Duration: 14 * day})
	pooled := s.AddPolicy("demo", keygentest.Policy{Pooled: true, Pool: []string{"FROM-THE-POOL"}})
	locked := s.AddPolicy("demo", closed)
	user := s.owner.User.ID

	made := s.does(s.owner.Token, createLicense(open.ID, user, keygen.Attributes{
		"name": "Trial", "key": "CHOSEN-KEY", "metadata": map[string]any{"a": "b"},
	}))
	for name, value := range map[string]any{
		"name": "Trial", "key": "CHOSEN-KEY", "metadata": map[string]any{"a": "b"}, "expiry": "2026-10-20T12:00:00.000Z",
	} {
		assert.Equal(t, value, made.attribute(name), name)
	}
	assert.Equal(t, user, made.related("owner"))
	assert.Equal(t, open.ID, made.related("policy"))
	assert.Regexp(t, "^([0-9A-F]{6}-){5}V3$", s.does(s.owner.Token, createLicense(open.ID, user, nil)).attribute("key"))
	assert.Equal(t, "FROM-THE-POOL", s.does(s.owner.Token, createLicense(pooled.ID, user, nil)).attribute("key"))

	const policyAt, keyAt = "/data/relationships/policy", "/data/attributes/key"
	s.refuses(s.owner.Token, createLicense(pooled.ID, user, nil), invalid("POLICY_POOL_EMPTY", policyAt))
	s.refuses(s.owner.Token, createLicense(nobody, user, nil), invalid("POLICY_NOT_FOUND", policyAt))
	s.refuses(s.owner.Token, createLicense("trial", user, nil), malformed(policyAt+"/data/id"))
	s.refuses(s.owner.Token, createLicense("", user, nil), malformed(policyAt))
	s.refuses(s.owner.Token, createLicense(locked.ID, user, nil), denied)
	s.refuses(s.owner.Token, createLicense(open.ID, s.member.User.ID, nil), denied)
	s.refuses(s.owner.Token, createLicense(open.ID, "", nil), denied)
	for _, test := range []struct {
		name  string
		value any
		want  refusal
	}{
		{"key", "CHOSEN-KEY", invalid("KEY_TAKEN", keyAt)},
		{"key", made.id(), invalid("KEY_CONFLICT", keyAt)},
		{"key", "actions", invalid("KEY_NOT_ALLOWED", keyAt)},
		{"key", "12345", invalid("KEY_TOO_SHORT", keyAt)},
		{"key", "", malformed(keyAt)},
		{"key", 7, malformed(keyAt)},
		{"name", strings.Repeat("x", 1025), invalid("NAME_TOO_LONG", "/data/attributes/name")},
		{"metadata", map[string]any{"x": strings.Repeat("x", 16<<10)}, invalid("METADATA_TOO_LONG", "/data/attributes/metadata")},
		{"metadata", map[string]any{"a": map[string]any{"b": map[string]any{"c": 1}}}, malformed("/data/attributes/metadata")},
		{"maxMachines", 9, malformed("/data/attributes/maxMachines")},
		{"expiry", nil, malformed("/data/attributes/expiry")},
		{"suspended", false, malformed("/data/attributes/suspended")},
		{"protected", false, malformed("/data/attributes/protected")},
		{"id", nobody, malformed("/data/attributes/id")},
	} {
		s.refuses(s.owner.Token, createLicense(open.ID, user, keygen.Attributes{test.name: test.value}), test.want)
	}
}

// Who may act on a license: its owner, unless it is protected.
func TestActionsOfLicenses(t *testing.T) {
	s := enter(t)
	p := keygentest.Policy{Duration: 30 * day, RequireCheckIn: true, Product: nobody, Limits: keygentest.Limits{MaxUses: 5}}
	l := s.license(p, keygentest.License{Expiry: s.now.Add(day), Uses: 2})
	p.Protected = new(true)
	locked := s.license(p, keygentest.License{})
	target := s.AddPolicy("demo", keygentest.Policy{Product: nobody, Floating: true, Limits: keygentest.Limits{MaxMachines: 7}})
	for name, action := range map[string]func(id string) keygen.Call{
		"check in":  keygen.CheckInLicense,
		"renew":     keygen.RenewLicense,
		"increment": func(id string) keygen.Call { return keygen.IncrementUsage(id, nil) },
		"policy":    func(id string) keygen.Call { return keygen.ChangePolicy(id, target.ID) },
	} {
		t.Run(name, func(t *testing.T) {
			s.t = t
			s.refuses(s.stranger.Token, action(l.ID), missing)
			s.refuses(s.owner.Token, action(nobody), missing)
			s.refuses(s.member.Token, action(l.ID), denied)
			s.refuses(s.owner.Token, action(locked.ID), denied)
		})
	}
	s.t = t
	s.now = s.now.Add(1e9)
	assert.Equal(t, "2026-10-06T12:00:01.000Z", s.does(s.owner.Token, keygen.CheckInLicense(l.ID)).attribute("lastCheckIn"))
	assert.Equal(t, "2026-11-06T12:00:00.000Z", s.does(s.owner.Token, keygen.RenewLicense(l.Key)).attribute("expiry"))

	increment := func(by any) keygen.Call { return keygen.IncrementUsage(l.ID, keygen.Attributes{"increment": by}) }
	assert.Equal(t, 3.0, s.does(s.owner.Token, keygen.IncrementUsage(l.ID, nil)).attribute("uses"))
	s.refuses(s.owner.Token, increment(3), invalid("USES_LIMIT_EXCEEDED", usesAt))
	assert.Equal(t, 5.0, s.does(s.owner.Token, increment(2.0)).attribute("uses"))
	s.refuses(s.owner.Token, increment("1"), malformed("/meta/increment"))
	s.refuses(s.owner.Token, increment(1.5), malformed("/meta/increment"))

	const policyAt = "/data/relationships/policy"
	for _, test := range []struct {
		policy string
		want   refusal
	}{
		{s.AddPolicy("demo", keygentest.Policy{Product: nobody, Protected: new(true)}).ID, denied},
		{nobody, invalid("POLICY_NOT_FOUND", policyAt)},
		{s.AddPolicy("demo", keygentest.Policy{}).ID, invalid("POLICY_NOT_COMPATIBLE", policyAt)},
		{s.AddPolicy("demo", keygentest.Policy{Product: nobody, Pooled: true}).ID, invalid("POLICY_NOT_COMPATIBLE", policyAt)},
		{"pro", malformed("/data/id")},
	} {
		s.refuses(s.owner.Token, keygen.ChangePolicy(l.ID, test.policy), test.want)
	}
	moved := s.does(s.owner.Token, keygen.ChangePolicy(l.ID, target.ID))
	assert.Equal(t, target.ID, moved.related("policy"))
	assert.Equal(t, 7.0, moved.attribute("maxMachines"))

	// What a policy may not provide for.
	simple := s.license(keygentest.Policy{}, keygentest.License{Expiry: s.now})
	s.refuses(s.owner.Token, keygen.CheckInLicense(simple.ID), impossible)
	s.refuses(s.owner.Token, keygen.RenewLicense(simple.ID), impossible)
	endless := s.license(keygentest.Policy{Duration: day, ExpirationBasis: "FROM_FIRST_ACTIVATION"}, keygentest.License{})
	failed := s.refuses(s.owner.Token, keygen.RenewLicense(endless.ID), impossible)
	assert.Empty(t, failed.Errors, "the API has nothing to say")
	assert.Contains(t, failed.Detail, "no reason")
}

func TestCheckOutLicense(t *testing.T) {
	s := enter(t)
	l := s.license(keygentest.Policy{}, keygentest.License{})
	for _, who := range []keygen.Token{s.owner.Token, s.member.Token} {
		file := s.does(who, keygen.CheckOutLicense(l.ID, nil))
		assert.Equal(t, "license-files", file.at("data", "type"))
		certificate, _ := file.attribute("certificate").(string)
		assert.True(t, strings.HasPrefix(certificate, "-----BEGIN LICENSE FILE-----\n"))
		assert.Equal(t, "base64+ed25519", file.attribute("algorithm"))
		assert.Equal(t, 2629746.0, file.attribute("ttl"))
		assert.Equal(t, "2026-10-06T12:00:00.000Z", file.attribute("issued"))
		assert.Equal(t, l.ID, file.related("license"))
	}
	file := s.does(s.owner.Token, keygen.CheckOutLicense(l.Key, keygen.Attributes{
		"ttl": nil, "encrypt": true, "include": []any{"entitlements", "owner"}, "algorithm": "aes-256-gcm+ed25519",
	}))
	assert.Nil(t, file.attribute("ttl"))
	assert.Nil(t, file.attribute("expiry"))
	assert.Equal(t, "aes-256-gcm+ed25519", file.attribute("algorithm"))
	assert.Equal(t, []any{"entitlements", "owner"}, file.attribute("includes"))

	bad := func(what, parameter string) refusal {
		return refusal{400, "CHECKOUT_" + what + "_INVALID", byParameter(parameter)}
	}
	for _, test := range []struct {
		meta keygen.Attributes
		want refusal
	}{
		{keygen.Attributes{"ttl": 60}, bad("TTL", "ttl")},
		{keygen.Attributes{"include": []any{"account"}}, bad("INCLUDE", "include")},
		{keygen.Attributes{"algorithm": "foo"}, bad("ALGORITHM", "algorithm")},
		{keygen.Attributes{"include": []any{"policy"}}, denied},
		{keygen.Attributes{"include": []any{"product"}}, denied},
		{keygen.Attributes{"foo": 1}, malformed("/meta/foo")},
	} {
		s.refuses(s.owner.Token, keygen.CheckOutLicense(l.ID, test.meta), test.want)
	}
	s.refuses(s.stranger.Token, keygen.CheckOutLicense(l.ID, nil), missing)
	locked := s.license(closed, keygentest.License{})
	s.refuses(s.owner.Token, keygen.CheckOutLicense(locked.ID, nil), denied)
}

func TestPartsOfLicenses(t *testing.T) {
	s := enter(t)
	entitled := s.AddEntitlement("demo", keygentest.Entitlement{Code: "PRINT", Name: "Print"})
	l := s.license(keygentest.Policy{Floating: true}, keygentest.License{Entitlements: []string{"PRINT"}})
	m := s.AddMachine(keygentest.Machine{License: l.ID})
	for _, who := range []keygen.Token{s.owner.Token, s.member.Token} {
		list := s.does(who, keygen.ListEntitlements(l.Key, nil))
		require.Equal(t, []string{entitled.ID}, list.ids())
		assert.Equal(t, "PRINT", list.at("data", 0, "attributes", "code"))
		assert.Equal(t, []string{m.ID}, s.does(who, keygen.ListMachinesOfLicense(l.ID, nil)).ids())
	}
	s.refuses(s.stranger.Token, keygen.ListEntitlements(l.ID, nil), missing)
	s.refuses(s.stranger.Token, keygen.ListMachinesOfLicense(l.ID, nil), missing)
}
