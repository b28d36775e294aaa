//go:build !js

package keygen_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest"
)

// verifies gives the stage's client the key of the emulator's account.
func (s *stage) verifies() {
	s.api.Verifier = verifier{s.account.Key.Public().(ed25519.PublicKey)}
	s.api.Parse = func(text []byte) keygen.Node { return parse(string(text)) }
	s.api.Now = func() int64 { return s.now.UnixMilli() }
}

// certificate checks a file out.
func (s *stage) certificate(call keygen.Call) string {
	s.t.Helper()
	document, err := s.api.Do(s.owner.Token, call, nil)
	require.NoError(s.t, err)
	text, _ := document.Get("data").Get("attributes").Get("certificate").Text()
	return text
}

// envelope changes what is inside a certificate.
func envelope(t *testing.T, certificate string, change func(map[string]string)) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(certificate), "\n")
	content, err := base64.StdEncoding.DecodeString(strings.Join(lines[1:len(lines)-1], ""))
	require.NoError(t, err)
	var members map[string]string
	require.NoError(t, json.Unmarshal(content, &members))
	change(members)
	content, err = json.Marshal(members)
	require.NoError(t, err)
	return lines[0] + "\n" + base64.StdEncoding.EncodeToString(content) + "\n" + lines[len(lines)-1]
}

func TestFiles(t *testing.T) {
	s := enter(t)
	s.verifies()
	license := s.license(keygentest.Policy{}, keygentest.License{Name: "Pro"})
	hour := s.certificate(keygen.CheckOutLicense(license.ID, keygen.Attributes{"ttl": 3600, "include": []any{"owner"}}))
	forever := s.certificate(keygen.CheckOutLicense(license.ID, keygen.Attributes{"ttl": nil}))
	machine := s.AddMachine(keygentest.Machine{License: license.ID}).ID
	ofMachine := s.certificate(keygen.CheckOutMachine(machine, nil))

	document, err := s.api.File("license", hour, "")
	require.NoError(t, err)
	id, _ := document.Get("data").Get("id").Text()
	name, _ := document.Get("data").Get("attributes").Get("name").Text()
	assert.Equal(t, []string{license.ID, "Pro"}, []string{id, name})
	assert.Equal(t, 1, document.Get("included").Len())
	document, err = s.api.File("machine", "  "+strings.ReplaceAll(ofMachine, "\n", "\r\n")+"\n\n", "")
	require.NoError(t, err)
	id, _ = document.Get("data").Get("id").Text()
	assert.Equal(t, machine, id)
	_, err = s.api.File("license", forever, "")
	require.NoError(t, err)

	encrypted := s.certificate(keygen.CheckOutLicense(license.ID, keygen.Attributes{"encrypt": true}))
	for certificate, code := range map[string]string{
		"":                    keygen.CodeArgument,
		"text":                keygen.CodeArgument,
		ofMachine:             keygen.CodeArgument,
		encrypted:             keygen.CodeArgument,
		hour[:len(hour)/2]:    keygen.CodeArgument,
		"x" + hour:            keygen.CodeArgument,
		strings.ToLower(hour): keygen.CodeArgument,
		envelope(t, hour, func(m map[string]string) { m["enc"] = flip(m["enc"]) }):      keygen.CodeSignature,
		envelope(t, hour, func(m map[string]string) { m["sig"] = flip(m["sig"]) }):      keygen.CodeSignature,
		envelope(t, hour, func(m map[string]string) { m["sig"] = "" }):                  keygen.CodeSignature,
		envelope(t, hour, func(m map[string]string) { m["alg"] = "base64+rsa-sha256" }): keygen.CodeArgument,
		strings.ReplaceAll(ofMachine, "MACHINE", "LICENSE"):                             keygen.CodeSignature,
	} {
		document, err := s.api.File("license", certificate, "")
		assert.Equal(t, code, failure(err).Code, certificate)
		assert.Nil(t, document)
		assert.NotContains(t, failure(err).Error(), license.Key)
	}

	s.now = s.now.Add(59 * time.Minute)
	_, err = s.api.File("license", hour, "")
	assert.NoError(t, err)
	s.now = s.now.Add(time.Minute)
	_, err = s.api.File("license", hour, "")
	assert.Equal(t, keygen.CodeFileExpired, failure(err).Code)
	s.now = s.now.Add(-2 * time.Hour)
	_, err = s.api.File("license", hour, "")
	assert.Equal(t, keygen.CodeFileExpired, failure(err).Code, "a clock set back")
	s.now = s.now.AddDate(9, 0, 0)
	_, err = s.api.File("license", forever, "")
	assert.NoError(t, err)

	s.api.Verifier = nil
	_, err = s.api.File("license", forever, "")
	assert.Equal(t, "CONFIG_INVALID", failure(err).Code)
}

// Every kind of answer of the emulator, read by a client that believes only signed ones.
func TestEmulatorIsVerified(t *testing.T) {
	s := enter(t)
	s.verifies()
	token, err := s.api.CreateToken(login(s.owner.User), keygen.TokenOptions{})
	require.NoError(t, err)
	renewed, err := s.api.RenewToken(token)
	require.NoError(t, err)
	_, err = s.api.Do(renewed, keygen.UpdateUser(s.owner.User.ID, keygen.Attributes{"firstName": "Ada"}), nil)
	require.NoError(t, err)
	_, err = s.api.Do(renewed, keygen.ListLicenses([]keygen.Parameter{{Name: "page[cursor]", Value: ""}, {Name: "page[size]", Value: "5"}}), nil)
	require.NoError(t, err)
	_, err = s.api.Do(renewed, keygen.ShowLicense("no/such license"), nil)
	assert.Equal(t, "NOT_FOUND", failure(err).Code)
	require.NoError(t, s.api.RevokeToken(renewed))
	_, err = s.api.Me(renewed)
	assert.Equal(t, "TOKEN_INVALID", failure(err).Code)
	wrong := login(s.owner.User)
	wrong.Password = "wrong"
	for range 10 {
		if _, err = s.api.CreateToken(wrong, keygen.TokenOptions{}); failure(err).Status == 429 {
			break
		}
		assert.Equal(t, "PASSWORD_INVALID", failure(err).Code)
	}
	assert.Equal(t, keygen.CodeTooManyRequests, failure(err).Code)

	s.AddFault(keygentest.Fault{Kind: keygentest.FaultBadSignature, Times: 1})
	_, err = s.api.Me(renewed)
	assert.Equal(t, keygen.CodeSignature, failure(err).Code)

	// The device's clock is wrong, the server's is not.
	s.api.Now = func() int64 { return s.now.AddDate(0, 0, 2).UnixMilli() }
	_, err = s.api.Me(renewed)
	assert.Equal(t, "TOKEN_INVALID", failure(err).Code)
	s.AddFault(keygentest.Fault{Kind: keygentest.FaultSkewedClock, Skew: -6 * time.Minute, Times: 1})
	_, err = s.api.Me(renewed)
	assert.Equal(t, keygen.CodeSignature, failure(err).Code)
}
