/* lwip-server.c
 * A server on the lwIP stack for the lab; the port decides what it does with a connection.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <lwip/netif.h>
#include <lwip/sockets.h>
#include <lwip/tcpip.h>
#include <netif/tapif.h>
#include <stdio.h>
#include <unistd.h>

enum { SERVE = 80, UNREAD = 91, CLOSE = 92 };

static const char reply[] = "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nall is well\n";
static int ports[] = {SERVE, UNREAD, CLOSE};

static int listen_on(int port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = lwip_htons((u16_t)port)};
    int s = lwip_socket(AF_INET, SOCK_STREAM, 0);

    lwip_bind(s, (struct sockaddr *)&address, sizeof address);
    lwip_listen(s, 4);
    return s;
}

static int answer(int s)
{
    char buffer[4096];
    ssize_t got = lwip_read(s, buffer, sizeof buffer);

    if (got > 0)
        lwip_write(s, reply, sizeof reply - 1);
    return got > 0;
}

/* One thread per port; each serves one connection after another. */
static void serve(void *argument)
{
    int port = *(int *)argument;
    int listener = listen_on(port);

    for (;;) {
        int s = lwip_accept(listener, NULL, NULL);

        while (answer(s) && port == SERVE)
            continue;
        usleep(500000);
        lwip_close(s);
    }
}

int main(int argc, char **argv)
{
    struct netif netif;
    ip4_addr_t address, mask, gateway;

    if (argc != 3 || !ip4addr_aton(argv[1], &address) || !ip4addr_aton(argv[2], &gateway))
        return 2;
    ip4addr_aton("255.255.255.0", &mask);
    tcpip_init(NULL, NULL);
    LOCK_TCPIP_CORE();
    netif_add(&netif, &address, &mask, &gateway, NULL, tapif_init, tcpip_input);
    netif_set_default(&netif);
    netif_set_up(&netif);
    netif_set_link_up(&netif);
    UNLOCK_TCPIP_CORE();
    for (unsigned n = 0; n < sizeof ports / sizeof *ports; n++)
        sys_thread_new("serve", serve, &ports[n], 65536, 1);
    puts("ready");
    fflush(stdout);
    for (;;)
        pause();
}
