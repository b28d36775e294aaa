package messages_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"keygenauth/web/messages"
)

func table(t *testing.T, text string) map[string]string {
	t.Helper()
	var texts map[string]string
	require.NoError(t, json.Unmarshal([]byte(text), &texts))
	return texts
}

var (
	placeholder = regexp.MustCompile(`\{[^}]*\}`)
	code        = regexp.MustCompile(`[A-Z]{2,}_[A-Z_0-9]+`)
)

func TestEnglishIsGenerated(t *testing.T) {
	content, err := os.ReadFile("en.json")
	require.NoError(t, err)
	assert.Equal(t, string(content), messages.English, "run: go generate ./web/messages")
}

func TestLanguages(t *testing.T) {
	english := table(t, messages.English)
	files, err := filepath.Glob("*.json")
	require.NoError(t, err)
	require.Len(t, files, 6)
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			content, err := os.ReadFile(file)
			require.NoError(t, err)
			texts := table(t, string(content))
			for key, text := range texts {
				assert.Contains(t, english, key)
				assert.Equal(t, placeholder.FindAllString(english[key], -1), placeholder.FindAllString(text, -1), key)
				assert.Equal(t, strings.TrimSpace(text), text, key)
				assert.NotRegexp(t, code, text, "codes are not for visitors")
				assert.NotContains(t, text, "<")
				if file != "en.json" {
					assert.NotEqual(t, english[key], text, key)
				}
			}
			assert.Len(t, texts, len(english))
			// A form must not tell strangers who is a customer.
			assert.Equal(t, texts["EMAIL_INVALID"], texts["PASSWORD_INVALID"])
			assert.Equal(t, texts["EMAIL_INVALID"], texts["CREDENTIALS_INVALID"])
		})
	}
}
