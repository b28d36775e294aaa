package keygentest

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// layouts are the forms of ISO 8601 that clients send, most precise first.
var layouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly}

// parseTime reads an instant as ISO 8601 or as Unix seconds, both as text, or as a number. Null and anything it cannot
// read become zero, which for an expiry means never: so does the service.
func parseTime(v any) time.Time {
	switch v := v.(type) {
	case json.Number:
		seconds, err := v.Float64()
		if err != nil || math.Abs(seconds) > math.MaxInt32*1e3 {
			return time.Time{}
		}
		return time.Unix(int64(seconds), 0)
	case string:
		if seconds, err := strconv.ParseInt(v, 10, 64); err == nil {
			return time.Unix(seconds, 0)
		}
		for _, layout := range layouts {
			if t, err := time.Parse(layout, v); err == nil {
				return t
			}
		}
	}
	return time.Time{}
}
