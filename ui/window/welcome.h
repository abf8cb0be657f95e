// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QAbstractButton>
#include <QPixmap>
#include <cstdint>
#include <vector>

class QGridLayout;
class QLabel;

namespace ui {

/// A prompt the starter model is good at, with the picture it drew from this seed.
struct Example {
    QString prompt;
    std::uint64_t seed = 0;
    QString picture;  ///< resource path

    bool operator==(const Example&) const = default;
};

std::vector<Example> starterExamples();

/// One example: its picture, its words; a click draws it.
class ExampleCard final : public QAbstractButton {
    Q_OBJECT
public:
    explicit ExampleCard(Example example, QWidget* parent = nullptr);
    const Example& example() const { return example_; }
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Example example_;
    QPixmap picture_;
};

/// What the canvas shows while there is no picture yet: something to do.
class Welcome final : public QWidget {
    Q_OBJECT
public:
    explicit Welcome(QWidget* parent = nullptr);

Q_SIGNALS:
    void exampleChosen(ui::Example example);

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();
    void retranslate();

    QLabel* title_ = nullptr;
    QLabel* words_ = nullptr;
    QGridLayout* grid_ = nullptr;
    std::vector<ExampleCard*> cards_;
    int columns_ = 0;
};

}  // namespace ui
