package browser

import "strings"

// ExpiryTime returns the time (ISO 8601, UTC) of an expiry: a duration from now such
// as P1M or PT12H (ISO 8601), or a time. It returns "" when that is not in the future.
// The loader has checked the format.
func ExpiryTime(text string) string {
	at, _ := Window().Get("Date").New(text)
	if rest, ok := strings.CutPrefix(text, "P"); ok {
		at, _ = Window().Get("Date").New()
		number, prefix := 0, ""
		for _, char := range rest {
			switch {
			case char == 'T':
				prefix = "T"
			case char >= '0' && char <= '9':
				number = 10*number + int(char-'0')
			default:
				unit := units[prefix+string(char)]
				now, _ := at.Call("getUTC" + unit.part)
				count, _ := now.Number()
				_, _ = at.Call("setUTC"+unit.part, int(count)+number*unit.factor)
				number = 0
			}
		}
	}
	if ms, _ := at.Call("getTime"); !inFuture(ms) {
		return ""
	}
	iso, _ := at.Call("toISOString")
	until, _ := iso.Text()
	return until
}

// inFuture returns whether a time in milliseconds since 1970 is in the future.
func inFuture(ms Value) bool {
	at, _ := ms.Number()
	return at > float64(Now())
}

// units are the units of an ISO 8601 duration, those after its T with a T in front. A
// unit is a factor of a part of JavaScript's Date, as in setUTCFullYear.
var units = map[string]struct {
	part   string
	factor int
}{
	"Y": {"FullYear", 1}, "M": {"Month", 1}, "W": {"Date", 7}, "D": {"Date", 1},
	"TH": {"Hours", 1}, "TM": {"Minutes", 1}, "TS": {"Seconds", 1},
}
