// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>
#include <QStringList>
#include <memory>

namespace app {

/// One window a profile. A second start hands its words to the first and ends.
class SingleInstance final : public QObject {
    Q_OBJECT
public:
    explicit SingleInstance(const QString& profile_key, QObject* parent = nullptr);
    ~SingleInstance() override;

    /// True when this is the first; otherwise `message` was handed to it.
    bool claim(const QStringList& message);

Q_SIGNALS:
    void messageReceived(QStringList message);

private:
    struct State;
    void receive();
    std::unique_ptr<State> state_;
};

}  // namespace app
