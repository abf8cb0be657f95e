// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QVariant>

class QDBusVariant;

namespace ui::theme {

/// What the desktop prefers, light or dark. The freedesktop portal is asked without waiting; until it answers, and where there
/// is none, the lightness of the platform's own palette decides.
class DesktopScheme final : public QObject {
    Q_OBJECT
public:
    explicit DesktopScheme(bool platform_is_dark, QObject* parent = nullptr);

    bool isDark() const { return dark_; }
    bool reducesMotion() const { return reduces_motion_; }
    void ask();  ///< idempotent

Q_SIGNALS:
    void changed();

private Q_SLOTS:
    void onSettingChanged(const QString& group, const QString& key, const QDBusVariant& value);

private:
    void read(const QString& group, const QString& key);
    void take(const QString& group, const QString& key, QVariant value);

    bool dark_ = false;
    bool platform_is_dark_ = false;
    bool reduces_motion_ = false;
    bool asked_ = false;
};

}  // namespace ui::theme
