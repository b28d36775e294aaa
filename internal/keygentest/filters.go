package keygentest

import (
	"slices"
	"strconv"
	"strings"
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
