package browser

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExpiryTime(t *testing.T) {
	for _, test := range []struct {
		text  string
		later func(now time.Time) time.Time
	}{
		{"P30D", func(now time.Time) time.Time { return now.AddDate(0, 0, 30) }},
		{"P2W", func(now time.Time) time.Time { return now.AddDate(0, 0, 14) }},
		{"P10Y", func(now time.Time) time.Time { return now.AddDate(10, 0, 0) }},
		{"P1M", func(now time.Time) time.Time { return now.AddDate(0, 1, 0) }},
		{"PT90M", func(now time.Time) time.Time { return now.Add(90 * time.Minute) }},
		{"P1DT12H30S", func(now time.Time) time.Time { return now.AddDate(0, 0, 1).Add(12*time.Hour + 30*time.Second) }},
		{"2049-12-31T23:59:59+01:00", func(time.Time) time.Time { return time.Date(2049, 12, 31, 22, 59, 59, 0, time.UTC) }},
	} {
		t.Run(test.text, func(t *testing.T) {
			got, err := time.Parse(time.RFC3339, ExpiryTime(test.text))
			require.NoError(t, err)
			assert.WithinDuration(t, test.later(time.Now().UTC()), got, time.Minute)
		})
	}
	for _, text := range []string{"", "P0D", "2001-01-01T00:00:00Z", "soon", "P99999999999999999999Y"} {
		assert.Empty(t, ExpiryTime(text), text)
	}
}
