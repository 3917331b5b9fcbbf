/* test_messages.c
 * Tests of the closing messages and errors of protocols: each with something like it that is neither, and cut off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "script.h"

#include "facts/payload.h"

typedef struct message_row {
    const char *hex; /* what was captured of it */
    uint32_t len;
    rst_message_t message;
} message_row_t;

static void check(const message_row_t *row, size_t count)
{
    for (; count--; row++) {
        rst_segment_t segment;
        rst_message_t found;

        memset(&segment, 0xee, sizeof segment);
        segment.len = row->len;
        segment.head_len = (uint16_t)(strlen(row->hex) / 2);
        g_assert_cmpuint(segment.head_len, <=, RST_HEAD_DATA);
        for (size_t i = 0; i < segment.head_len; i++)
            segment.head[i] = (uint8_t)(g_ascii_xdigit_value(row->hex[2 * i]) * 16 +
                                        g_ascii_xdigit_value(row->hex[2 * i + 1]));
        found = rst_message_read(&segment);
        if (found != row->message) {
            g_test_message("%s, %u bytes: %s instead of %s", row->hex, row->len, rst_message_name(found),
                           rst_message_name(row->message));
            g_test_fail();
        }
    }
}

static void test_ldap(void)
{
    static const message_row_t rows[] = {
        {"30050201074200", 7, RST_MESSAGE_FAREWELL}, /* unbind request */
        {"308400000006020200a14200", 12, RST_MESSAGE_FAREWELL}, /* as Windows writes it */
        {"308400000006020200a14200", 13, RST_MESSAGE_OTHER}, /* more behind it */
        {"308400000006020200a1", 12, RST_MESSAGE_OTHER}, /* cut off */
        {"3006020107500106", 8, RST_MESSAGE_OTHER}, /* abandon */
        {"300c02010161070a013104000400", 14, RST_MESSAGE_ERROR}, /* bind: invalid credentials */
        {"3084000000100201016184000000070a013104000400", 22, RST_MESSAGE_ERROR},
        {"300c02010161070a010004000400", 14, RST_MESSAGE_OTHER}, /* bind: success */
        {"300c02010161070a010e04000400", 14, RST_MESSAGE_OTHER}, /* bind: in progress */
        {"300c02010165070a012004000400", 14, RST_MESSAGE_OTHER}, /* search: no such object */
        {"300c02010165070a013304000400", 14, RST_MESSAGE_ERROR}, /* search: busy */
        {"30240201007824", 38, RST_MESSAGE_ERROR}, /* notice of disconnection */
        {"30240201027824", 38, RST_MESSAGE_OTHER}, /* another extended response */
        {"3080020107420000", 8, RST_MESSAGE_OTHER}, /* indefinite length: not in LDAP */
        {"30ff0201074200", 7, RST_MESSAGE_OTHER},
        {"3005020507420000000000", 7, RST_MESSAGE_OTHER}, /* a longer number than there is room for */
        {"3005020007420000", 8, RST_MESSAGE_OTHER},
        /* Wrapped: 11 bytes with integrity, 12 sealed by AES, RC4 and NTLM. */
        {"00000027050404ff000c000c000000005cd0f0cae1822923", 43, RST_MESSAGE_FAREWELL},
        {"00000048050406ff0000001c0000000012345678", 76, RST_MESSAGE_FAREWELL},
        {"0000003a603806092a864886f71201020202011100ffff", 62, RST_MESSAGE_FAREWELL},
        {"0000001c01000000a1b2c3d4", 32, RST_MESSAGE_FAREWELL},
        /* One byte too short, one too long, a length that does not fit, no token. */
        {"00000022050404ff000c000c", 38, RST_MESSAGE_OTHER},
        {"00000023050404ff000c000c", 39, RST_MESSAGE_FAREWELL},
        {"00000029050404ff000c000c", 45, RST_MESSAGE_FAREWELL},
        {"0000002a050404ff000c000c", 46, RST_MESSAGE_OTHER},
        {"00000027050404ff000c000c", 44, RST_MESSAGE_OTHER},
        {"00000027060404ff000c000c", 43, RST_MESSAGE_OTHER},
        {"00000048050404ff000c000c", 76, RST_MESSAGE_OTHER}, /* a longer message, with integrity only */
        {"00000027", 43, RST_MESSAGE_OTHER},
    };

    check(rows, G_N_ELEMENTS(rows));
}

static void test_smb(void)
{
#define SMB2(status, command, flags) "00000044fe534d4240000100" status command "0100" flags "000000"
#define SMB1(command, status, flags) "00000044ff534d42" command status flags "01c80000000000000000"
    static const message_row_t rows[] = {
        {SMB2("00000000", "0200", "00"), 72, RST_MESSAGE_FAREWELL}, /* logoff and its answer */
        {SMB2("00000000", "0200", "01"), 72, RST_MESSAGE_FAREWELL},
        {SMB2("030200c0", "0200", "01"), 72, RST_MESSAGE_ERROR},  /* the session was deleted */
        {SMB2("230000c0", "0200", "01"), 72, RST_MESSAGE_FAREWELL}, /* another status: it ends all the same */
        {SMB2("6d0000c0", "0100", "01"), 77, RST_MESSAGE_ERROR},  /* session setup: logon failure */
        {SMB2("160000c0", "0100", "01"), 77, RST_MESSAGE_OTHER},  /* more processing required */
        {SMB2("6d0000c0", "0100", "00"), 77, RST_MESSAGE_OTHER},  /* a request has no status */
        {SMB2("220000c0", "0300", "01"), 77, RST_MESSAGE_ERROR},  /* tree connect: access denied */
        {SMB2("bb0000c0", "0000", "01"), 77, RST_MESSAGE_ERROR},  /* negotiate: not supported */
        {SMB2("340000c0", "0500", "01"), 77, RST_MESSAGE_OTHER},  /* create: no such file */
        {SMB2("c90000c0", "0500", "01"), 77, RST_MESSAGE_ERROR},  /* create: the share is gone */
        {SMB2("06000080", "0e00", "01"), 77, RST_MESSAGE_OTHER},  /* a warning */
        {SMB2("06000080", "0100", "01"), 77, RST_MESSAGE_OTHER},
        {"00000044fe534d424000010000000000020001", 72, RST_MESSAGE_OTHER}, /* cut off */
        {"81000044fe534d4240000100000000000200010001000000", 72, RST_MESSAGE_OTHER}, /* a session request */
        {SMB1("74", "00000000", "18"), 43, RST_MESSAGE_FAREWELL},
        {SMB1("73", "6d0000c0", "98"), 39, RST_MESSAGE_ERROR},
        {SMB1("73", "6d0000c0", "18"), 39, RST_MESSAGE_OTHER},
        {SMB1("75", "220000c0", "98"), 39, RST_MESSAGE_ERROR},
        {SMB1("72", "020000c0", "98"), 39, RST_MESSAGE_ERROR},
        {SMB1("a2", "340000c0", "98"), 39, RST_MESSAGE_OTHER},
        {"00000044fd534d4252000000000000000000000000000000", 120, RST_MESSAGE_OTHER}, /* encrypted */
    };

    check(rows, G_N_ELEMENTS(rows));
}

static void test_others(void)
{
    static const message_row_t rows[] = {
        {"0401003300000100aa1b0001", 51, RST_MESSAGE_ERROR}, /* TDS: login failed */
        {"0401003300000100aa1b0001", 52, RST_MESSAGE_OTHER},
        {"0401003300000100e31b0001", 51, RST_MESSAGE_OTHER}, /* a change of environment */
        {"53040000100000000400000008000000", 16, RST_MESSAGE_SESSION_END}, /* MARS: SMP FIN */
        {"53020000100000000400000008000000", 16, RST_MESSAGE_OTHER}, /* SMP ACK */
        {"53040000100000000400000008000000", 32, RST_MESSAGE_OTHER},
        {"0000002c0601000000020000001d", 48, RST_MESSAGE_FAREWELL}, /* SSH disconnect */
        {"0000002c06010000000b00000012", 48, RST_MESSAGE_FAREWELL},
        {"0000002c060100000010", 48, RST_MESSAGE_OTHER}, /* no such reason */
        {"0000002c060100000000", 48, RST_MESSAGE_OTHER},
        {"0000002c061400000002", 48, RST_MESSAGE_OTHER}, /* key exchange */
        {"0000002c060100000002", 49, RST_MESSAGE_OTHER},
        {"0000002c030100000002", 48, RST_MESSAGE_OTHER}, /* less padding than there must be */
        {"0000080700000000000000000000000000", 17, RST_MESSAGE_FAREWELL}, /* HTTP/2 GOAWAY */
        {"000008070000000000000000000000000b", 17, RST_MESSAGE_ERROR},
        {"0000070700000000000000000000000000", 17, RST_MESSAGE_OTHER},
        {"0000080600000000000000000000000000", 17, RST_MESSAGE_OTHER}, /* PING */
        {"00000807000000000000000000", 17, RST_MESSAGE_OTHER}, /* cut off */
        {"0100000000001a000a003200c8", 34, RST_MESSAGE_FAREWELL}, /* AMQP Close 200 */
        {"0100000000001a000a00320140", 34, RST_MESSAGE_ERROR},
        {"0100000000001a000a003200c8", 35, RST_MESSAGE_OTHER},
        {"01000000000004000a0033ce", 12, RST_MESSAGE_FAREWELL}, /* Close-Ok */
        {"0300000902f0802180", 9, RST_MESSAGE_FAREWELL}, /* RDP */
        {"0300000902f0802180", 10, RST_MESSAGE_OTHER},
        {"009400011a2b3c4d000d0000", 148, RST_MESSAGE_FAREWELL}, /* PPTP */
        {"009400011a2b3c4d000e0000", 148, RST_MESSAGE_OTHER},
        {"0101010000070008", 8, RST_MESSAGE_FAREWELL}, /* HART-IP */
        {"0101030000070008", 8, RST_MESSAGE_OTHER},
        {"0101010000070009", 8, RST_MESSAGE_OTHER},
        {"54454152444f574e20", 40, RST_MESSAGE_FAREWELL}, /* RTSP TEARDOWN */
        {"6131204c4f474f55540d0a", 11, RST_MESSAGE_FAREWELL}, /* IMAP a1 LOGOUT */
        {"204c4f474f55540d0a", 9, RST_MESSAGE_OTHER}, /* no tag */
        {"6131204c4f474f55540d0a", 300, RST_MESSAGE_OTHER},
        {"2a310d0a24340d0a515549540d0a", 14, RST_MESSAGE_FAREWELL}, /* Redis */
        {"2a310d0a24340d0a50494e470d0a", 14, RST_MESSAGE_OTHER},
        {"00", 1, RST_MESSAGE_OTHER},
        {"", 72, RST_MESSAGE_OTHER},
    };

    check(rows, G_N_ELEMENTS(rows));
}

int main(int argc, char **argv)
{
    static const script_test_t tests[] = {
        {"/messages/ldap", test_ldap},
        {"/messages/smb", test_smb},
        {"/messages/others", test_others},
        {NULL, NULL},
    };

    return script_main(&argc, &argv, tests);
}
