package webdriver

import "context"

// hands perform the steps of devices in a window. Both protocols describe them alike.
type hands func(ctx context.Context, steps []action) error

func (h hands) Press(ctx context.Context, keys string) error { return h(ctx, strokes(keys)) }

func (h hands) Type(ctx context.Context, text string) error { return h.Press(ctx, text) }

func (h hands) Click(ctx context.Context, x, y, times int) error { return h(ctx, clicks(x, y, times)) }

// named are the characters that stand for keys without one, and what WebDriver calls them.
var named = map[rune]rune{
	'\b':   '\uE003',
	'\t':   '\uE004',
	'\r':   '\uE006',
	'\x1b': '\uE00C',
	// Of chromedp's package kb:
	'\u0304': '\uE013', // arrow up
}

// An action is a step of a device, or a device with its steps.
type action map[string]any

// BackTab presses Tab with Shift.
const BackTab = "⇤"

const shift = '\uE008'

// strokes returns the steps of a keyboard that presses these keys.
func strokes(keys string) []action {
	var steps []action
	step := func(kind string, key rune) { steps = append(steps, action{"type": kind, "value": string(key)}) }
	for _, key := range keys {
		back := string(key) == BackTab
		if back {
			step("keyDown", shift)
			key = '\t'
		}
		if name, ok := named[key]; ok {
			key = name
		}
		step("keyDown", key)
		step("keyUp", key)
		if back {
			step("keyUp", shift)
		}
	}
	return []action{{"type": "key", "id": "keyboard", "actions": steps}}
}

// clicks returns the steps of a mouse that clicks.
func clicks(x, y, times int) []action {
	steps := []action{{"type": "pointerMove", "x": x, "y": y, "duration": 0}}
	for range times {
		steps = append(steps, action{"type": "pointerDown", "button": 0}, action{"type": "pointerUp", "button": 0})
	}
	return []action{{"type": "pointer", "id": "mouse", "actions": steps}}
}
