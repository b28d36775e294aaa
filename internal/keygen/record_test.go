//go:build !js

package keygen_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/internal/keygen"
	"keygenauth/internal/keygentest/record"
)

// recorded returns a client of the real server at the time of the record.
func recorded(t *testing.T, publicKey string) *keygen.Client {
	t.Helper()
	key, err := hex.DecodeString(publicKey)
	require.NoError(t, err)
	api := client(&canned{err: &keygen.Error{Code: keygen.CodeNetwork}})
	api.Host, api.Account, api.Verifier = "https://licensing.example.test", "", verifier{key}
	api.Now = func() int64 { return time.Date(2026, 11, 28, 14, 0, 0, 0, time.UTC).UnixMilli() }
	api.Parse = func(text []byte) keygen.Node { return parse(string(text)) }
	return api
}

// TestRecordedSignatures verifies what a real account has signed.
func TestRecordedSignatures(t *testing.T) {
	key, answers := record.SignedAnswers()
	for _, signed := range answers {
		t.Run(signed.Name, func(t *testing.T) {
			api := recorded(t, key)
			api.Host = "https://" + signed.Host
			made, _ := parseTime(signed.Headers["date"])
			api.Now = func() int64 { return made }
			response := &keygen.Response{
				Status: signed.Status, Raw: signed.Body, Body: parse(string(signed.Body)),
				Header:  func(name string) string { return signed.Headers[name] },
				Refuses: strings.Contains(string(signed.Body), `"errors":[`),
			}
			path := strings.TrimPrefix(signed.Path, "/v1")
			err := api.Judge(signed.Method, path, response)
			switch {
			case signed.Headers["keygen-signature"] == "":
				require.Equal(t, keygen.CodeAddress, failure(err).Code, "the router has no key")
				assert.Empty(t, failure(err).Errors, "nothing of it is used")
				return
			case signed.Status < 400:
				require.NoError(t, err)
			default:
				require.NotEqual(t, keygen.CodeSignature, failure(err).Code)
				require.Equal(t, signed.Status, failure(err).Status)
			}
			for _, spoil := range []func(){
				func() { path += "x" },
				func() { path = strings.TrimSuffix(path, "x"); response.Raw = append(response.Raw, ' ') },
			} {
				if spoil(); signed.Method != "HEAD" || len(response.Raw) == 0 {
					assert.Equal(t, keygen.CodeSignature, failure(api.Judge(signed.Method, path, response)).Code)
				}
			}
		})
	}
}

// TestRecordedFiles reads files of every scheme, as the API makes them unless it is asked for another algorithm.
func TestRecordedFiles(t *testing.T) {
	key, files := record.Files()
	opened := 0
	for _, file := range files {
		t.Run(file.Scheme+" "+file.Kind+" "+file.Algorithm, func(t *testing.T) {
			api := recorded(t, key)
			api.Now = func() int64 { return time.Date(2026, 11, 28, 20, 0, 0, 0, time.UTC).UnixMilli() }
			document, err := api.File(file.Kind, file.Certificate, file.Key+file.Fingerprint)
			if !strings.HasSuffix(file.Algorithm, "+ed25519") {
				require.Equal(t, keygen.CodeArgument, failure(err).Code)
				assert.Contains(t, failure(err).Detail, file.Algorithm)
				assert.Contains(t, failure(err).Detail, "base64+ed25519")
				return
			}
			require.NoError(t, err)
			opened++
			kind, _ := document.Get("data").Get("type").Text()
			assert.Equal(t, file.Kind+"s", kind)
			if strings.HasPrefix(file.Algorithm, "base64") {
				return
			}
			assert.NotZero(t, document.Get("included").Len())
			for _, wrong := range []string{"", file.Key + "x", file.Fingerprint + file.Key + "x"} {
				_, err := api.File(file.Kind, file.Certificate, wrong)
				assert.Equal(t, keygen.CodeArgument, failure(err).Code)
				assert.Contains(t, failure(err).Detail, "encrypted")
				assert.NotContains(t, failure(err).Error(), file.Key)
			}
			spoilt := envelope(t, file.Certificate, func(m map[string]string) { m["enc"] = flip(m["enc"]) })
			_, err = api.File(file.Kind, spoilt, file.Key+file.Fingerprint)
			assert.Equal(t, keygen.CodeSignature, failure(err).Code)
		})
	}
	assert.Equal(t, 8, opened)
}
