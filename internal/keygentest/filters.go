package keygentest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// nestedParameter returns key of the query parameter name[key].
func nestedParameter(parameter, name string) (key string, ok bool) {
	rest, ok := strings.CutPrefix(parameter, name+"[")
	key, closed := strings.CutSuffix(rest, "]")
	return key, ok && closed
}

// filter reports whether the query leaves the filter out, or asks for one of the values.
func (x *exchange) filter(name string, values ...string) bool {
	return !x.query.Has(name) || slices.Contains(values, x.query.Get(name))
}

// filterUsers is filter for people, whom the query may name by id or email.
func (x *exchange) filterUsers(name string, users ...*user) bool {
	var names []string
	for _, u := range users {
		if u != nil {
			names = append(names, u.ID, u.Email)
		}
	}
	return x.filter(name, names...)
}

// filterStatus takes any letter case, and no status for all. ACTIVE and INACTIVE ask for activity alone, whatever else the
// license is.
func (x *exchange) filterStatus(l *license) bool {
	asked := strings.ToUpper(x.query.Get("status"))
	active := x.now.Sub(l.activity()) < activePeriod
	switch asked {
	case "":
		return true
	case "ACTIVE":
		return active
	case "INACTIVE":
		return !active
	}
	return l.status(x.now) == asked
}

// filterTime applies name[within], name[in], name[before] and name[after] to a time to come; zero is never.
func (x *exchange) filterTime(name string, at time.Time) bool {
	for operator, holds := range map[string]func(bound time.Time) bool{
		"within": func(bound time.Time) bool { return at.After(x.now) && !at.After(bound) },
		"in":     func(bound time.Time) bool { return at.Format(time.DateOnly) == bound.Format(time.DateOnly) },
		"before": func(bound time.Time) bool { return at.After(x.now) && at.Before(bound) },
		"after":  func(bound time.Time) bool { return at.After(bound) },
	} {
		parameter := name + "[" + operator + "]"
		if !x.query.Has(parameter) {
			continue
		}
		if at.IsZero() || !holds(x.timeFromNow(x.query.Get(parameter))) {
			return false
		}
	}
	return true
}

// timeFromNow reads a duration such as 60d, 12h or P60D as the time after it, anything else as a time.
func (x *exchange) timeFromNow(text string) time.Time {
	var n int
	var unit string
	if _, err := fmt.Sscanf(strings.ToLower(strings.TrimPrefix(strings.ToUpper(text), "P")), "%d%s", &n, &unit); err == nil {
		units := map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}
		if length, ok := units[unit]; ok {
			return x.now.Add(time.Duration(n) * length)
		}
	}
	return parseTime(text)
}

// filterFlag is filter for what is true or false of a record.
func (x *exchange) filterFlag(name string, is bool) bool {
	if !x.query.Has(name) {
		return true
	}
	asked, _ := strconv.ParseBool(x.query.Get(name))
	return asked == is
}

// filterCount applies name[eq], name[gt], name[gte], name[lt] and name[lte].
func (x *exchange) filterCount(name string, count int) bool {
	for operator, holds := range map[string]func(bound int) bool{
		"eq":  func(bound int) bool { return count == bound },
		"gt":  func(bound int) bool { return count > bound },
		"gte": func(bound int) bool { return count >= bound },
		"lt":  func(bound int) bool { return count < bound },
		"lte": func(bound int) bool { return count <= bound },
	} {
		parameter := name + "[" + operator + "]"
		bound, _ := strconv.Atoi(x.query.Get(parameter))
		if x.query.Has(parameter) && !holds(bound) {
			return false
		}
	}
	return true
}
