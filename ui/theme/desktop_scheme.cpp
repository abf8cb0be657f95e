// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/desktop_scheme.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#include <QFileInfo>

namespace ui::theme {

namespace {
const auto service = QStringLiteral("org.freedesktop.portal.Desktop");
const auto object_path = QStringLiteral("/org/freedesktop/portal/desktop");
const auto interface_name = QStringLiteral("org.freedesktop.portal.Settings");
const auto appearance = QStringLiteral("org.freedesktop.appearance");
const auto color_scheme = QStringLiteral("color-scheme");
const auto gnome = QStringLiteral("org.gnome.desktop.interface");
const auto animations = QStringLiteral("enable-animations");

/// Without a running bus, connecting would start one: not for a colour.
bool hasSessionBus() {
    if (qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS")) return true;
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR");
    return !runtime.isEmpty() && QFileInfo::exists(runtime + QStringLiteral("/bus"));
}
}  // namespace

DesktopScheme::DesktopScheme(bool platform_is_dark, QObject* parent) :
    QObject(parent), dark_(platform_is_dark), platform_is_dark_(platform_is_dark) {}

void DesktopScheme::ask() {
    if (asked_ || !hasSessionBus()) return;
    asked_ = true;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return;
    bus.connect(service, object_path, interface_name, QStringLiteral("SettingChanged"), this, SLOT(onSettingChanged(QString, QString, QDBusVariant)));
    read(appearance, color_scheme);
    read(gnome, animations);
}

void DesktopScheme::read(const QString& group, const QString& key) {
    QDBusMessage call = QDBusMessage::createMethodCall(service, object_path, interface_name, QStringLiteral("Read"));
    call << group << key;
    auto* watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, group, key](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<QDBusVariant> reply = *done;
        if (!reply.isError()) take(group, key, reply.value().variant());
        done->deleteLater();
    });
}

void DesktopScheme::onSettingChanged(const QString& group, const QString& key, const QDBusVariant& value) { take(group, key, value.variant()); }

void DesktopScheme::take(const QString& group, const QString& key, QVariant value) {
    // `Read` wraps its answer twice, the signal once.
    while (value.canConvert<QDBusVariant>()) value = value.value<QDBusVariant>().variant();
    if (group == appearance && key == color_scheme) {
        const uint choice = value.toUInt();  // 0 none, 1 dark, 2 light
        const bool dark = choice == 1 || (choice == 0 && platform_is_dark_);
        if (dark == dark_) return;
        dark_ = dark;
        Q_EMIT changed();
    } else if (group == gnome && key == animations) {
        reduces_motion_ = !value.toBool();
    }
}

}  // namespace ui::theme
