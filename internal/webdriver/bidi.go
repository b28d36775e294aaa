package webdriver

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// A connection carries commands of WebDriver BiDi, several at a time, and events.
type connection struct {
	socket  *websocket.Conn
	onEvent func(method string, params json.RawMessage)

	mu      sync.Mutex
	last    int
	waiting map[int]chan message
	ended   error
}

// A message is what the browser sends: an answer, or an event.
type message struct {
	ID      int             `json:"id"`
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
	Message string          `json:"message"`
	Method  string          `json:"method"`
	Params  json.RawMessage `json:"params"`
}

// dial connects to a browser. Events are handed to onEvent, which must not wait for an answer.
func dial(ctx context.Context, url string, onEvent func(method string, params json.RawMessage)) (*connection, error) {
	socket, _, err := websocket.Dial(ctx, url, nil)
	if err != nil {
		return nil, err
	}
	socket.SetReadLimit(-1) // screenshots
	c := &connection{socket: socket, onEvent: onEvent, waiting: map[int]chan message{}}
	go c.read()
	return c, nil
}

// read hands out what arrives until the connection ends.
func (c *connection) read() {
	for {
		var m message
		if err := wsjson.Read(context.Background(), c.socket, &m); err != nil {
			c.mu.Lock()
			c.ended = err
			for id, answer := range c.waiting {
				delete(c.waiting, id)
				close(answer)
			}
			c.mu.Unlock()
			return
		}
		if m.Method != "" {
			c.onEvent(m.Method, m.Params)
			continue
		}
		c.mu.Lock()
		if answer, ok := c.waiting[m.ID]; ok {
			delete(c.waiting, m.ID)
			answer <- m
		}
		c.mu.Unlock()
	}
}

// call sends a command and waits for its result, which goes into result unless that is nil.
func (c *connection) call(ctx context.Context, method string, params map[string]any, result any) error {
	answer := make(chan message, 1)
	c.mu.Lock()
	if c.ended != nil {
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", method, c.ended)
	}
	c.last++
	id := c.last
	c.waiting[id] = answer
	c.mu.Unlock()
	// Not under ctx, the end of which would close the connection.
	if err := wsjson.Write(context.Background(), c.socket, map[string]any{"id": id, "method": method, "params": params}); err != nil {
		return fmt.Errorf("%s: %w", method, err)
	}
	select {
	case m, ok := <-answer:
		switch {
		case !ok:
			return errors.New(method + ": the browser is gone")
		case m.Error != "":
			return fmt.Errorf("%s: %s: %s", method, m.Error, m.Message)
		case result != nil:
			return json.Unmarshal(m.Result, result)
		}
		return nil
	case <-ctx.Done():
		c.mu.Lock()
		delete(c.waiting, id)
		c.mu.Unlock()
		return fmt.Errorf("%s: %w", method, ctx.Err())
	}
}
