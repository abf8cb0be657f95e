// SPDX-License-Identifier: Apache-2.0
#include "app/session/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLocalServer>
#include <QLocalSocket>
#include <QLockFile>

#include <unistd.h>

#include <optional>

namespace app {
namespace {

constexpr int claim_patience_ms = 5000;  ///< for a first instance that is just starting or just ending
constexpr int connect_ms = 200;
constexpr int answer_ms = 2000;
constexpr qint64 max_message_bytes = 1024 * 1024;
constexpr char acknowledged = 'k';

/// A folder of this user's own, short enough for a socket's 107 bytes.
QString runtimeDir() {
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    if (!runtime.isEmpty() && runtime.size() < 60 && QFileInfo(runtime).isWritable()) return runtime;
    const QString own = QDir::tempPath() + QStringLiteral("/fuselight-") + QString::number(::getuid());
    QDir().mkdir(own, QFileDevice::ReadOwner | QFileDevice::WriteOwner | QFileDevice::ExeOwner);
    return own;
}

QString nameFor(const QString& profile_key) {
    const QByteArray hash = QCryptographicHash::hash(profile_key.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    return runtimeDir() + QStringLiteral("/fuselight-") + QString::fromLatin1(hash);
}

/// One line of JSON: whatever a stranger sends instead, reading it allocates no more than was received.
QByteArray encoded(const QStringList& message) { return QJsonDocument(QJsonArray::fromStringList(message)).toJson(QJsonDocument::Compact) + '\n'; }

std::optional<QStringList> decoded(const QByteArray& line) {
    const QJsonDocument document = QJsonDocument::fromJson(line);
    if (!document.isArray()) return std::nullopt;
    QStringList message;
    for (const QJsonValue& word : document.array()) {
        if (!word.isString()) return std::nullopt;
        message.append(word.toString());
    }
    return message;
}

bool hand(const QString& socket_file, const QStringList& message) {
    QLocalSocket socket;
    socket.connectToServer(socket_file);
    if (!socket.waitForConnected(connect_ms)) return false;
    socket.write(encoded(message));
    socket.flush();
    return socket.waitForReadyRead(answer_ms) && socket.read(1) == QByteArray(1, acknowledged);
}

}  // namespace

struct SingleInstance::State {
    explicit State(const QString& name) : lock(name + QStringLiteral(".lock")), socket_file(name + QStringLiteral(".socket")) {
        lock.setStaleLockTime(0);  // only a dead process makes a lock stale, no matter how long it has been held
    }
    QLockFile lock;
    QString socket_file;
    QLocalServer server;
};

SingleInstance::SingleInstance(const QString& profile_key, QObject* parent) : QObject(parent), state_(std::make_unique<State>(nameFor(profile_key))) {
    connect(&state_->server, &QLocalServer::newConnection, this, &SingleInstance::receive);
}

SingleInstance::~SingleInstance() = default;

bool SingleInstance::claim(const QStringList& message) {
    QElapsedTimer waited;
    waited.start();
    do {
        if (state_->lock.tryLock(0)) {
            // Whoever held the lock before is gone, and with it the use of its socket.
            QLocalServer::removeServer(state_->socket_file);
            state_->server.setSocketOptions(QLocalServer::UserAccessOption);
            state_->server.listen(state_->socket_file);
            return true;
        }
        if (state_->lock.error() != QLockFile::LockFailedError) return true;  // no place for locks: better two windows than none
        if (hand(state_->socket_file, message)) return false;
    } while (waited.elapsed() < claim_patience_ms);
    return false;
}

void SingleInstance::receive() {
    while (QLocalSocket* socket = state_->server.nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        const auto read = [this, socket] {
            if (!socket->canReadLine()) {
                if (socket->bytesAvailable() > max_message_bytes) socket->abort();
                return;  // or the rest is on its way
            }
            const auto message = decoded(socket->readLine());
            if (!message) {
                socket->abort();
                return;
            }
            socket->write(&acknowledged, 1);
            socket->disconnectFromServer();
            Q_EMIT messageReceived(*message);
        };
        connect(socket, &QLocalSocket::readyRead, this, read);
        read();
    }
}

}  // namespace app
