package keygentest_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygentest"
)

// TestAlgorithms has answers and files signed by each algorithm that the service knows.
func TestAlgorithms(t *testing.T) {
	t.Parallel()
	s := open(t, keygentest.Options{})
	for scheme, algorithm := range map[string]string{
		"": "ed25519", "ED25519_SIGN": "ed25519", "RSA_2048_PKCS1_SIGN_V2": "rsa-sha256", "RSA_2048_JWT_RS256": "rsa-sha256",
		"RSA_2048_PKCS1_PSS_SIGN_V2": "rsa-pss-sha256", "ECDSA_P256_SIGN": "ecdsa-p256",
	} {
		t.Run("scheme "+scheme, func(t *testing.T) {
			_, raw := s.AddToken(s.demo.Plain.ID, noon.AddDate(1, 0, 0))
			p := s.AddPolicy("demo", keygentest.Policy{Scheme: scheme, Protected: new(false)})
			l := s.AddLicense("demo", keygentest.License{Policy: p.ID, Owner: s.demo.Plain.ID})
			for asked, want := range map[string]string{
				"": algorithm, "base64+ed25519": "ed25519", "base64+ecdsa-p256": "ecdsa-p256",
			} {
				a := s.send(post("licenses/"+l.ID+"/actions/check-out", "Bearer "+raw, `{"meta":{"algorithm":"`+asked+`"}}`))
				if asked == "" {
					a = s.send(post("licenses/"+l.ID+"/actions/check-out", "Bearer "+raw, ""))
				}
				require.Equal(t, 200, a.status, "%s", a.body)
				assert.Equal(t, "base64+"+want, a.text("data", "attributes", "algorithm"))
				lines := strings.Split(strings.TrimSpace(a.text("data", "attributes", "certificate")), "\n")
				raw, err := base64.StdEncoding.DecodeString(strings.Join(lines[1:len(lines)-1], ""))
				require.NoError(t, err)
				var file struct{ Alg, Sig string }
				require.NoError(t, json.Unmarshal(raw, &file))
				assert.Equal(t, "base64+"+want, file.Alg)
				assert.NotEmpty(t, file.Sig)
			}
			a := s.send(get("me", "Bearer "+raw).under("Keygen-Accept-Signature", `algorithm="`+algorithm+`"`))
			assert.Contains(t, a.header.Get("Keygen-Signature"), `algorithm="`+algorithm+`"`)
		})
	}
}
