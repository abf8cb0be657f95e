// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractSpinBox>
#include <QWidget>
#include <cstdint>

namespace ui {

class FlatButton;

/// A new seed of 32 random bits: short enough to read out, far more than anyone draws.
std::uint64_t randomSeed();

/// Any seed that the engine knows, 0 to 2^64 - 1, typed or stepped.
class SeedSpinBox final : public QAbstractSpinBox {
    Q_OBJECT
public:
    explicit SeedSpinBox(QWidget* parent = nullptr);

    std::uint64_t seed() const { return seed_; }
    void setSeed(std::uint64_t seed);  ///< quiet
    void commit();
    void stepBy(int steps) override;
    QValidator::State validate(QString& text, int& position) const override;

Q_SIGNALS:
    void edited(quint64 seed);

protected:
    StepEnabled stepEnabled() const override { return StepUpEnabled | StepDownEnabled; }
    void keyPressEvent(QKeyEvent* event) override;

private:
    std::uint64_t seed_ = 0;
};

/// The seed with its lock and its dice. While it is not locked, each Generate draws a new one.
class SeedField final : public QWidget {
    Q_OBJECT
public:
    explicit SeedField(QWidget* parent = nullptr);

    std::uint64_t seed() const;
    void setSeed(std::uint64_t seed);
    bool isLocked() const;
    void setLocked(bool locked);
    void commit();

Q_SIGNALS:
    void edited();

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void showLock();

    SeedSpinBox* number_ = nullptr;
    FlatButton* lock_ = nullptr;
    FlatButton* dice_ = nullptr;
};

}  // namespace ui
