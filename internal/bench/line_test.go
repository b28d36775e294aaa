package bench

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLine(t *testing.T) {
	echo, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer echo.Close()
	go func() {
		for {
			conn, err := echo.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(conn, conn)
				_ = conn.Close()
			}()
		}
	}()
	const roundTrip = 50 * time.Millisecond
	l, err := newLine(echo.Addr().String(), roundTrip)
	require.NoError(t, err)
	defer l.Close()

	began := time.Now()
	conn, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	ask := func(text string) {
		t.Helper()
		_, err := io.WriteString(conn, text)
		require.NoError(t, err)
		answer := make([]byte, len(text))
		_, err = io.ReadFull(conn, answer)
		require.NoError(t, err)
		assert.Equal(t, text, string(answer))
	}
	ask("first")
	assert.GreaterOrEqual(t, time.Since(began), 2*roundTrip, "the connection is made, and the first is asked")
	began = time.Now()
	ask("second")
	assert.GreaterOrEqual(t, time.Since(began), roundTrip)

	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	rest, err := io.ReadAll(conn)
	require.NoError(t, err)
	assert.Empty(t, rest, "the end comes, too")
}
