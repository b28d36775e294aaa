package keygentest

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// layouts are the forms of ISO 8601 that clients send, most precise first.
var layouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", time.DateTime,
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", time.DateOnly,
}

// lastInstant is the end of the years that documents can write, in Unix seconds.
const lastInstant = 253402300799

// parseTime reads an instant as ISO 8601 or as Unix seconds, both as text, or as a number. Null and anything it cannot
// read become zero, which for an expiry means never: so does the service.
func parseTime(v any) time.Time {
	switch v := v.(type) {
	case json.Number:
		if seconds, err := v.Float64(); err == nil {
			return unixTime(seconds)
		}
	case string:
		if seconds, err := strconv.ParseInt(v, 10, 64); err == nil {
			return unixTime(float64(seconds))
		}
		for _, layout := range layouts {
			if t, err := time.Parse(layout, v); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}

// unixTime returns zero for what is out of all bounds.
func unixTime(seconds float64) time.Time {
	if math.Abs(seconds) > lastInstant {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}
