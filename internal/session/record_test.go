package session

import (
	_ "embed"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

//go:embed testdata/records.json
var recordCases []byte

// TestRecords decodes the cases that the loader must decode the same way (internal/e2e, TestOneRule).
func TestRecords(t *testing.T) {
	var cases []struct{ Name, Text, Is string }
	require.NoError(t, json.Unmarshal(recordCases, &cases))
	for _, test := range cases {
		t.Run(test.Name, func(t *testing.T) {
			for _, staff := range []bool{false, true} {
				clock := new(fakeClock)
				store := &Store{Key: key, Staff: staff, Areas: [places]Area{inBrowser: &area{text: test.Text}}, Memory: new(memory),
					JSON: hostJSON{}, ParseTime: clock.Parse}
				s := New(Config{Store: store, Clock: clock})
				record, err := store.Load()
				is := "foreign"
				switch {
				case err != nil:
					is = "corrupt"
				case s.expired(record):
					is = "doubtful"
				case record != nil:
					is = "session"
				}
				want := test.Is
				if staff && want == "foreign" {
					assert.NotNil(t, record)
					continue
				}
				assert.Equal(t, want, is)
			}
		})
	}
}
