package bench

import (
	"errors"
	"net"
	"sync"
	"time"
)

// A line is a TCP proxy that makes a server on this machine as far away as one elsewhere: what is sent arrives half a
// round trip later, and the first of it a whole one after that, for that is how long a connection takes to be
// made. (To the proxy it takes no time.)
type line struct {
	net.Listener
	to        string // address of the server
	roundTrip time.Duration
	mu        sync.Mutex
	open      map[net.Conn]bool
}

// newLine returns the proxy, which listens until it is closed.
func newLine(to string, roundTrip time.Duration) (*line, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	l := &line{Listener: listener, to: to, roundTrip: roundTrip, open: map[net.Conn]bool{}}
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			go l.carry(near)
		}
	}()
	return l, nil
}

// Close also ends the connections.
func (l *line) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.Listener.Close()
	for conn := range l.open {
		err = errors.Join(err, conn.Close())
	}
	return err
}

// carry serves one connection.
func (l *line) carry(near net.Conn) {
	made := time.Now().Add(l.roundTrip)
	far, err := net.Dial("tcp", l.to)
	if err != nil {
		_ = near.Close()
		return
	}
	l.mu.Lock()
	l.open[near], l.open[far] = true, true
	l.mu.Unlock()
	var both sync.WaitGroup
	both.Go(func() { l.late(far, near, made) })
	both.Go(func() { l.late(near, far, made) })
	both.Wait()
	l.mu.Lock()
	delete(l.open, near)
	delete(l.open, far)
	l.mu.Unlock()
	_ = near.Close()
	_ = far.Close()
}

// late copies what comes, half a round trip later, and nothing that came before the connection was made sooner than
// if it had come then. The end comes late, too.
func (l *line) late(to, from net.Conn, made time.Time) {
	type parcel struct {
		content []byte
		due     time.Time
	}
	way := make(chan parcel, 1024)
	go func() {
		defer close(way)
		for {
			content := make([]byte, 16<<10)
			n, err := from.Read(content)
			due := time.Now()
			if due.Before(made) {
				due = made
			}
			way <- parcel{content[:n], due.Add(l.roundTrip / 2)}
			if err != nil {
				return
			}
		}
	}()
	for p := range way {
		time.Sleep(time.Until(p.due))
		if _, err := to.Write(p.content); err != nil {
			break
		}
	}
	if half, ok := to.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
	for range way { // what nobody takes
	}
}
